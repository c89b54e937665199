"""What the way of pages to their server expects of Reflex."""

from __future__ import annotations

from pathlib import Path

import pytest
import reflex_base
from engineio.payload import Payload

from integrations_app.http import long_polling
from integrations_app.reflex_adapter import page_transports

WRITTEN = (
    Path(reflex_base.__file__).parent / ".templates" / "web" / page_transports.SCRIPT
).read_text()


def test_pages_fall_back_to_polling() -> None:
    changed = page_transports.fall_back_to_polling(WRITTEN)

    assert changed.count('[env.TRANSPORT, "polling"]') == 2
    assert "tryAllTransports: true" in changed
    assert "opts.transports.reverse()" in changed


def test_a_script_is_changed_once() -> None:
    changed = page_transports.fall_back_to_polling(WRITTEN)

    assert page_transports.fall_back_to_polling(changed) == changed


@pytest.mark.parametrize("missing", ["[env.TRANSPORT]", "protocols:", "const retryConnect ="])
def test_a_script_of_another_release_is_not_taken_for_changed(missing: str) -> None:
    with pytest.raises(RuntimeError, match="Reflex no longer"):
        page_transports.fall_back_to_polling(WRITTEN.replace(missing, "something else"))


def test_packets_are_put_together_as_engineio_does() -> None:
    payload = Payload(encoded_payload=long_polling._SEPARATOR.join(["4a", "3"]))

    assert [each.encode() for each in payload.packets] == ["4a", "3"]
