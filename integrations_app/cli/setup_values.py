"""Setup values from the command line; a secret is never an argument, which other users can see."""

import getpass
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from integrations_app.cli.exit_codes import ExitCode
from integrations_app.cli.frame import Misuse, stop
from integrations_app.domain.provider import Provider, SetupField

SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setup value; KEY= removes it."),
]
SecretOption = Annotated[
    list[str] | None,
    typer.Option(
        "--secret",
        metavar="KEY[=SOURCE]",
        help="A secret: typed unseen, or from - (standard input), @FILE, env:NAME.",
    ),
]

_STDIN = "-"
_FILE = "@"
_ENVIRONMENT = "env:"
_LONGEST_BYTES = 100_000  # of a file that is meant to be a secret


def read(
    provider: Provider, opened: Sequence[str] | None, secrets: Sequence[str] | None
) -> dict[str, str]:
    """Return the values that were given, by the keys of their fields.

    No message repeats what was typed: it may be a secret at the wrong place.

    Args:
        provider: Declares the fields.
        opened: `KEY=VALUE` each.
        secrets: `KEY` or `KEY=SOURCE` each.
    """
    values: dict[str, str] = {}
    for text in opened or ():
        key, separator, value = text.partition("=")
        field = _field(provider, key, option="--set", secret=False)
        if not separator:
            raise Misuse(f"{field.key} needs a value: --set {field.key}=VALUE.")
        _put(values, field, value)
    if sum(text.partition("=")[2] == _STDIN for text in secrets or ()) > 1:
        raise Misuse("Standard input can give one secret only.")
    for text in secrets or ():
        key, _, source = text.partition("=")
        field = _field(provider, key, option="--secret", secret=True)
        _put(values, field, _from(source, field))
    return values


def _field(provider: Provider, key: str, *, option: str, secret: bool) -> SetupField:
    field = provider.setup_field(key)
    if field is not None and field.secret is secret:
        return field
    if field is not None:
        other = "--secret" if field.secret else "--set"
        raise Misuse(f"{field.key} of {provider.title} is given with {other}.")
    keys = [each.key for each in provider.fields if each.secret is secret]
    has = f"takes {', '.join(keys)}" if keys else "takes nothing"
    raise Misuse(f"{provider.title} {has} with {option}.")


def _put(values: dict[str, str], field: SetupField, value: str) -> None:
    if field.key in values:
        raise Misuse(f"{field.key} is given twice.")
    values[field.key] = value


def _from(source: str, field: SetupField) -> str:
    """Return a secret from where it is said to be."""
    is_terminal = sys.stdin is not None and sys.stdin.isatty()
    if not source or (source == _STDIN and is_terminal):
        secret = _typed(field, is_terminal=is_terminal)
    elif source == _STDIN:
        secret = _of_stdin(field)
    elif source.startswith(_FILE):
        secret = _of_file(Path(source.removeprefix(_FILE)), field)
    elif source.startswith(_ENVIRONMENT):
        secret = os.environ.get(source.removeprefix(_ENVIRONMENT), "")
    else:
        raise Misuse(
            f"{field.key} is a secret, and arguments can be seen by other users of this machine. "
            f"Give {field.key} alone to type it unseen, or {field.key}=- (standard input), "
            f"{field.key}=@FILE or {field.key}=env:NAME. If what was given is in use, replace it."
        )
    if not secret.strip():
        stop(ExitCode.FAILED, f"{field.key}: there is nothing in it; no secret was read.")
    return secret.strip()


def _typed(field: SetupField, *, is_terminal: bool) -> str:
    if not is_terminal:
        raise Misuse(
            f"There is no terminal to type {field.key} on; give {field.key}=- (standard input), "
            f"{field.key}=@FILE or {field.key}=env:NAME."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(f"{field.label}: ")
        except getpass.GetPassWarning:
            stop(ExitCode.FAILED, f"{field.key}: this terminal would show what is typed.")


def _of_stdin(field: SetupField) -> str:
    if sys.stdin is None:
        stop(ExitCode.FAILED, f"{field.key}: standard input is closed.")
    return _text(sys.stdin.buffer.read(_LONGEST_BYTES + 1), field)


def _of_file(path: Path, field: SetupField) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no path"
        stop(ExitCode.FAILED, f"{field.key}: the file cannot be read ({reason}).")
    return _text(content, field)


def _text(content: bytes, field: SetupField) -> str:
    if len(content) > _LONGEST_BYTES:
        stop(ExitCode.FAILED, f"{field.key}: that is too long for a secret.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        stop(ExitCode.FAILED, f"{field.key}: that is no text in UTF-8.")
