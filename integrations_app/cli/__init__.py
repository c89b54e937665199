"""The `integrations` command: one module per group of commands, entered through one frame."""

from integrations_app.cli.root import app, main

__all__ = ["app", "main"]
