"""All commands under one name, and how the program ends."""

import contextlib
import os
import sys
from io import TextIOWrapper
from typing import TextIO

import typer

from integrations_app.cli import admins, connections, doctor, exit_codes, serving
from integrations_app.cli.exit_codes import ExitCode
from integrations_app.cli.frame import group
from integrations_app.errors import IntegrationError

app = group(
    "Connect outside services once, and use them safely from any Python code.",
    example="integrations connections list --status error",
    more="Exit codes: " + ", ".join(f"{code.value} {code.meaning}" for code in ExitCode) + ".",
    add_completion=True,
)
serving.register(app)
admins.register(app)
doctor.register(app)
app.add_typer(connections.app, name="connections")


def main() -> None:
    """Run the command; our own errors become one line on standard error and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # whatever a terminal cannot show
    code = _ended()
    sys.exit(_flushed(code))


def _ended() -> int:
    try:
        app()
    except IntegrationError as error:
        typer.echo(exit_codes.in_words(error), err=True)
        return exit_codes.of(error)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else bool(ended.code)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    return ExitCode.DONE


def _flushed(code: int) -> int:
    """Write what is buffered still; says how the program ends after that."""
    if sys.stdout is None:
        return code
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has enough
        _discard(sys.stdout)
        return code or ExitCode.FAILED
    except OSError as error:
        _discard(sys.stdout)
        typer.echo(f"Standard output: {error.strerror}.", err=True)
        return ExitCode.FAILED
    return code


def _discard(stream: TextIO) -> None:
    """Have Python's own flush at the end find nothing to complain of."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
