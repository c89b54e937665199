"""The few looks that Radix Themes has no token for; the rules themselves are in theme.css."""

STYLESHEETS = ["/theme.css"]

CONTENT_WIDTH = "1100px"
FORM_WIDTH = "720px"

MASKED = "masked"
TABLE = "connections"
GLOW = "glow"
QUIET_LINK = "quiet-link"
