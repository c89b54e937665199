"""Commands for admins."""

import os
import sys
from typing import Annotated

import typer

from integrations_app import extras
from integrations_app.cli.actor import COMMAND_LINE
from integrations_app.cli.frame import command
from integrations_app.errors import StartRefused


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, "create-admin", example="integrations create-admin ada@example.com")(create_admin)


def create_admin(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="What they sign in with.")],
) -> None:
    """Create an admin.

    The password comes from INTEGRATIONS_ADMIN_PASSWORD, or is asked for.
    """
    extras.require("web")
    from integrations_app.services.identity import admins

    admins.create(email=email, password=_password(), actor=COMMAND_LINE)
    typer.echo(f"{email} can sign in now.")


def _password() -> str:
    given = os.environ.get("INTEGRATIONS_ADMIN_PASSWORD")
    if given:
        return given
    if sys.stdin is None or not sys.stdin.isatty():
        raise StartRefused("No terminal to ask for a password; set INTEGRATIONS_ADMIN_PASSWORD.")
    return typer.prompt("Password", hide_input=True, confirmation_prompt=True)
