"""Looking at connections: the list, one of them, where it is used."""

from dataclasses import dataclass
from typing import Annotated

import typer

from integrations_app.cli import output as outputs
from integrations_app.cli.frame import command
from integrations_app.cli.output import Column, Output, OutputOption
from integrations_app.cli.references import ByNameOption, ConnectionArgument, uuid_of
from integrations_app.domain.connection import Connection, Status
from integrations_app.domain.usage import Usage, fingerprint

_COLUMNS = (
    Column(heading="uuid", of=lambda connection: connection.uuid),
    Column(heading="provider", of=lambda connection: connection.provider),
    Column(heading="name", of=lambda connection: connection.name),
    Column(heading="status", of=lambda connection: connection.status),
    Column(heading="account", of=lambda connection: connection.account_name),
)
_OF_USAGES = (
    Column(heading="used by", of=lambda usage: usage.label),
    Column(heading="page", of=lambda usage: usage.url),
    Column(heading="keeps it", of=lambda usage: usage.blocking),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usages:
    """Uses of a connection.

    Attributes:
        usages: The places.
        tag: Stands for exactly those, for `remove --used-as`.
    """

    usages: tuple[Usage, ...]
    tag: str


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = "integrations connections"
    command(app, "list", example=f"{group} list --status error --output json")(list_)
    command(app, "show", example=f"{group} show mistral:main --by-name")(show)
    command(app, "usages", example=f"{group} usages 0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa")(usages)


def list_(
    *,
    provider: Annotated[str, typer.Option(metavar="KEY", help="Only those of a provider.")] = "",
    status: Annotated[
        Status | None, typer.Option(help="Only those of this status.", show_default=False)
    ] = None,
    search: Annotated[
        str, typer.Option(metavar="TEXT", help="Only with this in their name or account.")
    ] = "",
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many.")] = None,
    output: OutputOption = None,
) -> None:
    """List connections by provider and name."""
    from itertools import islice

    from integrations_app.services.connections import list_pages

    found = list_pages.matching(provider=provider, status=status, search=search)
    outputs.print_list(islice(found, limit), _COLUMNS, output)


def show(
    connection: ConnectionArgument, *, by_name: ByNameOption = False, output: OutputOption = None
) -> None:
    """Show all that is stored of a connection, but no secret."""
    from integrations_app.services.connections import lookup

    print_connection(lookup.by_uuid(uuid_of(connection, by_name=by_name)), output)


def usages(
    connection: ConnectionArgument, *, by_name: ByNameOption = False, output: OutputOption = None
) -> None:
    """Show where a connection is used.

    The last line is the tag that `remove --used-as` takes for exactly these places. Installed
    modules are asked; an app that registers modules in its own code knows of more.
    """
    from integrations_app.services.connections import lookup, usage

    uuid = lookup.by_uuid(uuid_of(connection, by_name=by_name)).uuid
    places = usage.of(uuid)
    print_usages(Usages(usages=places, tag=fingerprint(places)), output)


def print_connection(connection: Connection, output: Output | None) -> None:
    """Print all that is stored of a connection, but no secret."""
    outputs.print_record(outputs.as_data(connection), output)


def print_usages(found: Usages, output: Output | None) -> None:
    """Print where a connection is used; the tag comes last, in a line of its own."""
    chosen = outputs.chosen(output)
    if chosen not in (Output.TABLE, Output.PLAIN):
        outputs.print_record(outputs.as_data(found), chosen)
        return
    if found.usages or chosen is Output.PLAIN:
        outputs.print_list(found.usages, _OF_USAGES, chosen)
    else:
        outputs.write("It is not used.\n")
    outputs.write(f"tag: {found.tag}\n" if chosen is Output.TABLE else f"{found.tag}\n")
