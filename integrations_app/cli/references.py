"""References to connections on the command line: the uuid, or its name where one says so."""

from typing import Annotated
from uuid import UUID

import typer

from integrations_app.cli.frame import Misuse
from integrations_app.domain.references import parse_uuid

ConnectionArgument = Annotated[
    str, typer.Argument(metavar="UUID", help="The connection's uuid.", show_default=False)
]
ByNameOption = Annotated[bool, typer.Option("--by-name", help="UUIDs are given as provider:name.")]


def uuid_of(reference: str, *, by_name: bool) -> UUID:
    """Return the uuid that an argument means.

    Args:
        reference: The argument.
        by_name: It is `provider:name`, not a uuid; both parts are needed.

    Raises:
        InvalidUuid: It is no uuid.
        NotFound: No connection has this name.
    """
    from integrations_app.services.connections import lookup

    if not by_name:
        return parse_uuid(reference)
    provider, separator, name = reference.partition(":")
    if not (provider and separator and name):
        raise Misuse("With --by-name a connection is given as provider:name.")
    return lookup.uuid_of_provider_name((provider, name))
