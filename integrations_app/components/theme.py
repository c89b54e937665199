"""The few looks that Radix Themes has no token for; the rules themselves are in theme.css."""

from typing import Literal, TypeAlias

Colour: TypeAlias = Literal["gray", "green", "amber", "red"]
"""The meanings a colour has here: nothing, good, look, bad; always beside a word."""

STYLESHEETS = ["/theme.css", "/fonts.css"]
FONT = "fonts/inter-latin-5.3.0.woff2"

CONTENT_WIDTH = "var(--content-width)"
FORM_WIDTH = "var(--form-width)"

MASKED = "masked"
TABLE = "connections"
TABLE_ROOM = "table-room"
GLOW = "glow"
QUIET_LINK = "quiet-link"
CONNECTION_BANNER = "connection-banner"
ORDER_LINE = "order-line"
QUESTION = "question"
