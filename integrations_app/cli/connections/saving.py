"""Adding a connection, and changing one."""

from typing import Annotated

import typer

from integrations_app.cli import output as outputs
from integrations_app.cli import setup_values
from integrations_app.cli.actor import COMMAND_LINE
from integrations_app.cli.connections.reading import print_connection
from integrations_app.cli.exit_codes import ExitCode
from integrations_app.cli.frame import Misuse, command, note
from integrations_app.cli.output import Output, OutputOption
from integrations_app.cli.references import ByNameOption, ConnectionArgument, uuid_of
from integrations_app.cli.setup_values import SecretOption, SetOption
from integrations_app.domain.check import CheckResult
from integrations_app.domain.connection import Connection, Status


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = "integrations connections"
    command(app, "add", example=f"{group} add mistral main --secret api_key=env:MISTRAL_KEY")(add)
    command(app, "set", example=f"{group} set mistral:main --by-name --secret api_key=-")(set_)


def add(
    provider: Annotated[str, typer.Argument(metavar="PROVIDER", help="Its key, such as mistral.")],
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="1 to 100 letters, digits, '_' or '-'.")
    ],
    *,
    set_: SetOption = None,
    secret: SecretOption = None,
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Do not check the credentials.")
    ] = False,
    output: OutputOption = None,
) -> None:
    """Add a connection, and check its credentials.

    It stays if they do not work (exit code 4). Plain output is its uuid alone.
    """
    from integrations_app.services import catalogue
    from integrations_app.services.connections import edit, lookup

    values = setup_values.read(catalogue.get(provider), set_, secret)
    added = edit.add(provider, name, values=values or None, actor=COMMAND_LINE)
    note(f"Added {added.provider}:{added.name}, {added.uuid}.")
    result = None if no_check else _checked(added)
    if outputs.chosen(output) is Output.PLAIN:
        outputs.write(f"{added.uuid}\n")
    else:
        print_connection(lookup.by_uuid(added.uuid), output)
    if result is not None and not result.ok:
        note(result.message)
        raise typer.Exit(ExitCode.CHECK_FAILED)


def set_(
    connection: ConnectionArgument,
    *,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="The new name.", show_default=False)
    ] = None,
    set_: SetOption = None,
    secret: SecretOption = None,
    expected_version: Annotated[
        int | None,
        typer.Option(metavar="VERSION", help="Refuse if somebody has saved since this one."),
    ] = None,
    by_name: ByNameOption = False,
    output: OutputOption = None,
) -> None:
    """Rename a connection, save setup values, or both.

    What is not given stays as it is.
    """
    from integrations_app.services import catalogue
    from integrations_app.services.connections import edit, lookup

    if name is None and not set_ and not secret:
        raise Misuse("Nothing is to be changed: give --name, --set or --secret.")
    uuid = uuid_of(connection, by_name=by_name)
    values = None
    if set_ or secret:
        provider = catalogue.of_connection(uuid, lookup.by_uuid(uuid).provider)
        values = setup_values.read(provider, set_, secret)
    saved = edit.update(
        uuid,
        name=name,
        values=values,
        expected_version=expected_version,
        actor=COMMAND_LINE,
    )
    print_connection(saved, output)


def _checked(added: Connection) -> CheckResult | None:
    """Return what the provider says; None where there is nothing to ask it about yet."""
    from integrations_app.services.checking import run

    if added.status is Status.DISCONNECTED:
        note("It has no credentials yet, so nothing was checked.")
        return None
    if not run.can_check(added):
        note("There is no way to check its credentials.")
        return None
    return run.run(added.uuid, actor=COMMAND_LINE)
