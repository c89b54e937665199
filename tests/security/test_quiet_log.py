"""What other people's programs log of a request stays out of our log."""

import io
import logging

from integrations_app.security.quiet_log import quieted


def logged(name: str, message: str, *, error: Exception | None = None) -> str:
    """What a log with the filter shows of a record of this logger."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(quieted)
    logger = logging.Logger(name)  # noqa: LOG001 - one of its own, not the process's
    logger.addHandler(handler)
    logger.error(message, exc_info=error)
    return stream.getvalue()


def test_an_event_that_reflex_cannot_handle_is_not_quoted() -> None:
    text = logged("reflex_base.event", "Error processing Event(api_key='SECRET')")

    assert "SECRET" not in text
    assert text.count("\n") == 1


def test_the_text_and_trace_of_an_error_are_left_out_but_not_its_kind() -> None:
    text = logged("engineio.server", "failed", error=ValueError("cookie: SECRET"))

    assert "SECRET" not in text
    assert "ValueError" in text


def test_our_own_log_is_left_as_it_is() -> None:
    assert logged("integrations_app.server", "Something of ours") == "Something of ours\n"
