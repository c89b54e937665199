"""The few looks that Radix Themes has no token for; the rules themselves are in theme.css."""

from typing import Literal, TypeAlias

Colour: TypeAlias = Literal["gray", "green", "amber", "red"]
"""The meanings a colour has here: nothing, good, look, bad; always beside a word."""

STYLESHEETS = ["/theme.css"]

CONTENT_WIDTH = "1100px"
FORM_WIDTH = "720px"

MASKED = "masked"
TABLE = "connections"
TABLE_ROOM = "table-room"
GLOW = "glow"
QUIET_LINK = "quiet-link"
CONNECTION_BANNER = "connection-banner"
ORDER_LINE = "order-line"
QUESTION = "question"
