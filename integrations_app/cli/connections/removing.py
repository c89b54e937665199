"""Taking a connection's credentials away, or the connection itself."""

import sys
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer

from integrations_app.cli.actor import COMMAND_LINE
from integrations_app.cli.exit_codes import ExitCode
from integrations_app.cli.frame import Misuse, command, note, stop
from integrations_app.cli.references import ByNameOption, ConnectionArgument, uuid_of
from integrations_app.domain.connection import Connection
from integrations_app.domain.usage import Usage, fingerprint
from integrations_app.errors import NotFound


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = "integrations connections"
    command(app, "disconnect", example=f"{group} disconnect mistral:main --by-name")(disconnect)
    command(app, "remove", example=f"{group} remove mistral:main --by-name --yes")(remove)


def disconnect(connection: ConnectionArgument, *, by_name: ByNameOption = False) -> None:
    """Remove a connection's credentials; the connection stays.

    The connection stays; of OAuth2, so do client id and secret.
    """
    from integrations_app.services.connections import removal

    done = removal.disconnect(uuid_of(connection, by_name=by_name), actor=COMMAND_LINE)
    note("Disconnected." if done.changed else "There was nothing to disconnect.")
    if done.revoked is False:
        note("The provider has not confirmed that it has ended the tokens.")


def remove(
    connection: ConnectionArgument,
    *,
    replace_with: Annotated[
        str | None, typer.Option(metavar="UUID", help="Have its users use this connection.")
    ] = None,
    used_as: Annotated[
        str | None,
        typer.Option(metavar="TAG", help="Whoever `usages` shows with this tag may lose it."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by_name: ByNameOption = False,
) -> None:
    """Remove a connection for good.

    One that is used goes only with a replacement, or with the tag that `usages` shows.
    """
    from integrations_app.services.connections import lookup, removal, replacement, usage

    if replace_with is not None and used_as is not None:
        raise Misuse("Give --replace-with or --used-as, not both.")
    uuid = uuid_of(connection, by_name=by_name)
    substitute = None if replace_with is None else uuid_of(replace_with, by_name=by_name)
    try:
        stored = lookup.by_uuid(uuid)
    except NotFound:
        note("There is no such connection, so nothing is to be removed.")
        return
    usages = usage.of(uuid)
    if substitute is None and used_as is None and usages:
        _refuse(usages)
    version = None if yes else _confirmed(stored, usages, substitute)
    if substitute is not None:
        moved = replacement.replace(uuid, substitute, actor=COMMAND_LINE, expected_version=version)
        note(f"Removed; {moved} places use the other connection now.")
        return
    seen = used_as or fingerprint(())
    removal.remove(uuid, actor=COMMAND_LINE, expected_version=version, seen_usages=seen)
    note("Removed.")


def _refuse(usages: Sequence[Usage]) -> None:
    places = "\n".join(f"  {place.label}" for place in usages)
    stop(
        ExitCode.CONFLICT,
        f"It is in use:\n{places}\nGive --replace-with UUID, or --used-as {fingerprint(usages)}",
    )


def _confirmed(stored: Connection, usages: Sequence[Usage], substitute: UUID | None) -> int:
    """Ask on the terminal; returns the version that was asked about."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise Misuse("There is no terminal to ask on; give --yes to remove it.")
    fate = f" {len(usages)} places use it." if usages else ""
    fate += f" They will use {substitute}." if usages and substitute else ""
    question = f"Remove {stored.provider}:{stored.name} ({stored.uuid}) for good?{fate}"
    if not typer.confirm(question, err=True):
        stop(ExitCode.FAILED, "Nothing was removed.")
    return stored.version
