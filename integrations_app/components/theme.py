"""The few looks that Radix Themes has no token for; the rules themselves are in assets/*.css."""

from typing import Literal, TypeAlias

Colour: TypeAlias = Literal["gray", "green", "amber", "red"]
"""The meanings a colour has here: nothing, good, look, bad; always beside a word."""

STYLESHEETS = ["/theme.css", "/forms.css", "/fonts.css"]
RULES = ("theme.css", "forms.css")
"""What another app gets of them, too; it has a typeface of its own."""

FONT = "fonts/inter-latin-5.3.0.woff2"

CONTENT_WIDTH = "var(--content-width)"

MASKED = "masked"
TABLE = "rows"
TABLE_ROOM = "table-room"
GLOW = "glow"
QUIET_LINK = "quiet-link"
CONNECTION_BANNER = "connection-banner"
QUESTION = "question"
