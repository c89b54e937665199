"""Messages about modules that fail: the texts of foreign errors may hold secrets."""

import traceback
from collections.abc import Iterator

from integrations_app.errors import IntegrationError


def in_words(error: BaseException) -> str:
    """Return what admins and operators may read of it; of foreign errors, the type alone."""
    if isinstance(error, IntegrationError):
        return str(error) or error.code
    return f"{type(error).__name__}; the server's log says where it happened."


def for_log(error: BaseException) -> str:
    """Types and places of an error and its causes; no message but those of our own errors."""
    return "\n".join(_places(error))


def _places(error: BaseException) -> Iterator[str]:
    while True:
        told = f": {error}" if isinstance(error, IntegrationError) else ""
        yield f"{type(error).__name__}{told}"
        for frame in traceback.extract_tb(error.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is None:
            return
        yield "caused by"
        error = cause
