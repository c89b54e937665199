"""The `integrations` command."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from itertools import chain
from typing import Annotated

import typer

from integrations_app import extras
from integrations_app.domain import finding
from integrations_app.domain.finding import Finding, Level
from integrations_app.errors import IntegrationError, StartRefused

app = typer.Typer(
    help="Connect outside services once, and use them safely from any Python code.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """The command; our own errors become one line on standard error and exit code 1."""
    try:
        app()
    except IntegrationError as error:
        typer.echo(error, err=True)
        sys.exit(1)


@app.command()
def serve() -> None:
    """Migrate the database and serve the built pages until stopped."""
    extras.require("web")
    from integrations_app import server, settings

    current = settings.load()
    server.check(current)
    server.begin(current)
    from integrations_app.services.operations import listening, startup

    prepared = startup.prepare()
    for warning in (*listening.warnings(current), *prepared.warnings):
        typer.echo(f"Warning: {warning}", err=True)
    server.serve(current, on_ready=lambda: _greet(current.url, prepared.first_admin_link))


@app.command()
def migrate() -> None:
    """Bring the database to the newest revision, and old data of modules with it."""
    from integrations_app.services.operations import startup

    for warning in startup.migrate():
        typer.echo(f"Warning: {warning}", err=True)
    typer.echo("The database is at the newest revision.")


@app.command()
def build(
    *,
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Only if there is no build of these sources.")
    ] = False,
) -> None:
    """Build the pages; needs bun, and an npm registry the first time."""
    extras.require("web")
    from integrations_app import frontend, settings

    settings.load()  # a wrong value says so here, not in the midst of Reflex's build
    if if_changed and frontend.current():
        return
    typer.echo("Building the pages …", err=True)
    frontend.build()


@app.command()
def create_admin(email: str) -> None:
    """Create an admin; the password comes from INTEGRATIONS_ADMIN_PASSWORD or is asked for."""
    extras.require("web")
    from integrations_app.domain.actor import Actor, Origin
    from integrations_app.services.identity import admins

    actor = Actor(kind="system", id="integrations", label="system:integrations", origin=Origin.CLI)
    admins.create(email=email, password=_password(), actor=actor)
    typer.echo(f"{email} can sign in now.")


class Output(StrEnum):
    """How a command prints what it has to say."""

    TEXT = "text"
    JSON = "json"


@app.command()
def doctor(
    *,
    output: Annotated[Output, typer.Option(help="How to print the findings.")] = Output.TEXT,
) -> None:
    """Examine the installation: what works, what does not, what to do; changes nothing."""
    from integrations_app.services.operations import doctor as installation

    findings: list[Finding] = []
    for found in chain(installation.examine(), _built(), _versions()):
        findings.append(found)
        if output is Output.TEXT:
            _print(found)
    healthy = all(found.level is not Level.PROBLEM for found in findings)
    if output is Output.JSON:
        report = {"healthy": healthy, "findings": [asdict(found) for found in findings]}
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    if not healthy:
        raise typer.Exit(1)


def _built() -> Iterator[Finding]:
    """Examine the pages that `serve` would serve."""
    from integrations_app import frontend, package_files

    if package_files.checkout() is None:
        yield from _brought(is_there=frontend.built())
    elif not frontend.built():
        yield finding.warning(
            "web.build", "There are no built pages here.", "Run `integrations build`."
        )
    elif not frontend.current():
        yield finding.warning(
            "web.build", "The built pages are older than the sources.", "Run `integrations build`."
        )
    else:
        yield finding.ok("web.build", "the built pages match the sources")


def _brought(*, is_there: bool) -> Iterator[Finding]:
    if is_there:
        yield finding.ok("web.build", "the pages came with the package")
    else:
        message = "This package was made without its pages; it can be used, but not served."
        yield finding.warning("web.build", message, "Install a wheel that `make wheel` made.")


def _versions() -> Iterator[Finding]:
    import platform
    from importlib.metadata import version

    of_web = ("reflex",) if extras.is_installed("web") else ()
    names = ("integrations-app", *of_web, "sqlalchemy", "psycopg", "httpx2", "authlib")
    installed = ", ".join(f"{name} {version(name)}" for name in names)
    yield finding.ok("versions", f"Python {platform.python_version()}, {installed}")


def _print(found: Finding) -> None:
    typer.echo(f"{found.level:<8} {found.subject:<24} {found.message}")
    if found.remedy:
        typer.echo(f"{'':<33} {found.remedy}")


def _password() -> str:
    given = os.environ.get("INTEGRATIONS_ADMIN_PASSWORD")
    if given:
        return given
    if not sys.stdin.isatty():
        raise StartRefused("No terminal to ask for a password; set INTEGRATIONS_ADMIN_PASSWORD.")
    return typer.prompt("Password", hide_input=True, confirmation_prompt=True)


def _greet(origin: str, first_admin_link: str | None) -> None:
    typer.echo(f"Integrations is running at {origin}")
    if first_admin_link:
        typer.echo("\nCreate the first admin here; the link works once:")
        typer.echo(f"\n    {first_admin_link}\n")
