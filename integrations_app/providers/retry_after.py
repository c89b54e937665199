"""The wait that a server asks its clients for."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_S = 86_400


def retry_after_s(headers: Mapping[str, str]) -> int | None:
    """Seconds to wait, from either form of Retry-After; at most `LONGEST_S`.

    Args:
        headers: Lower-case names to values, or a mapping that ignores case.

    Returns:
        None if the server says nothing, or nothing that makes sense.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(int(text[:9]), LONGEST_S)
    try:
        at = parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    left_s = round((at - datetime.now(UTC)).total_seconds())
    return min(max(left_s, 0), LONGEST_S)
