"""Examining an installation."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from typing import Annotated

import typer

from integrations_app import extras
from integrations_app.cli import output as outputs
from integrations_app.cli.exit_codes import ExitCode
from integrations_app.cli.frame import command
from integrations_app.cli.output import Output
from integrations_app.domain import finding
from integrations_app.domain.finding import Finding, Level

_TEXT = "text"
"""What `plain` was called until 0.4."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, "doctor", example="integrations doctor --output json")(doctor)


def _format(text: str) -> Output:
    try:
        return Output.PLAIN if text == _TEXT else Output(text)
    except ValueError:
        raise typer.BadParameter(f"choose one of {', '.join(Output)}.") from None


def doctor(
    *,
    output: Annotated[
        Output | None,
        typer.Option(
            parser=_format, metavar="[table|json|yaml|plain]", help="How to print the findings."
        ),
    ] = None,
) -> None:
    """Examine the installation; nothing is changed.

    It says what works, what does not and what to do; exit code 1 if there is a problem.
    """
    from integrations_app.services.operations import doctor as installation

    chosen = outputs.chosen(output)
    is_for_people = chosen in (Output.TABLE, Output.PLAIN)
    findings: list[Finding] = []
    for found in chain(installation.examine(), _built(), _versions()):
        findings.append(found)
        if is_for_people:  # at once: some of them take seconds
            _print(found)
    healthy = all(found.level is not Level.PROBLEM for found in findings)
    if not is_for_people:
        report = {"healthy": healthy, "findings": [asdict(found) for found in findings]}
        outputs.print_record(outputs.as_data(report), chosen)
    if not healthy:
        raise typer.Exit(ExitCode.FAILED)


def _print(found: Finding) -> None:
    outputs.write(f"{found.level:<8} {found.subject:<24} {found.message}\n")
    if found.remedy:
        outputs.write(f"{'':<33} {found.remedy}\n")


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
