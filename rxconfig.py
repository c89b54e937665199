"""Where Reflex looks for its configuration when it builds; `integrations serve` reads no file."""

from integrations_app.reflex_config import reflex_config

config = reflex_config()
