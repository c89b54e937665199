"""Building the pages, migrating the database, serving both."""

from typing import Annotated

import typer

from integrations_app import extras
from integrations_app.cli.frame import command, note


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, "serve", example="PORT=8000 integrations serve")(serve)
    command(app, "migrate", example="integrations migrate")(migrate)
    command(app, "build", example="integrations build --if-changed")(build)


def serve() -> None:
    """Migrate the database and serve the pages until stopped."""
    extras.require("web")
    from integrations_app import server, settings

    current = settings.load()
    server.check(current)
    server.begin(current)
    from integrations_app.services.operations import listening, startup

    prepared = startup.prepare()
    for warning in (*listening.warnings(current), *prepared.warnings):
        note(f"Warning: {warning}")
    server.serve(current, on_ready=lambda: _greet(current.url, prepared.first_admin_link))


def migrate() -> None:
    """Bring the database to the newest revision.

    Old data of modules is migrated with it.
    """
    from integrations_app.services.operations import startup

    for warning in startup.migrate():
        note(f"Warning: {warning}")
    typer.echo("The database is at the newest revision.")


def build(
    *,
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Only if there is no build of these sources.")
    ] = False,
) -> None:
    """Build the pages.

    It needs bun, and an npm registry the first time.
    """
    extras.require("web")
    from integrations_app import frontend, settings

    settings.load()  # a wrong value says so here, not in the midst of Reflex's build
    if if_changed and frontend.current():
        return
    note("Building the pages …")
    frontend.build()


def _greet(origin: str, first_admin_link: str | None) -> None:
    typer.echo(f"Integrations is running at {origin}")
    if first_admin_link:
        typer.echo("\nCreate the first admin here; the link works once:")
        typer.echo(f"\n    {first_admin_link}\n")
