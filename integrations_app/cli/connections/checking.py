"""Asking providers whether credentials work."""

from typing import Annotated, Any

import typer

from integrations_app.cli import output as outputs
from integrations_app.cli import setup_values
from integrations_app.cli.actor import COMMAND_LINE
from integrations_app.cli.exit_codes import ExitCode
from integrations_app.cli.frame import Misuse, command
from integrations_app.cli.output import Output, OutputOption
from integrations_app.cli.references import ByNameOption, uuid_of
from integrations_app.cli.setup_values import SecretOption, SetOption
from integrations_app.domain.check import CheckResult
from integrations_app.domain.references import is_provider_key, parse_uuid
from integrations_app.errors import InvalidUuid


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    example = "integrations connections test mistral --secret api_key=@key.txt"
    command(app, "test", example=example)(check)


def check(
    subject: Annotated[
        str, typer.Argument(metavar="UUID|PROVIDER", help="What to test.", show_default=False)
    ],
    *,
    set_: SetOption = None,
    secret: SecretOption = None,
    by_name: ByNameOption = False,
    output: OutputOption = None,
) -> None:
    """Check credentials with their provider.

    Of a connection, the outcome is stored. Of a provider, the values given here are tried, and
    nothing is stored. Exit code 4 says that they do not work.
    """
    from integrations_app.services.checking import run

    if by_name or _is_uuid(subject):
        if set_ or secret:
            raise Misuse("Values are tried at a provider: give its key, not a uuid.")
        result = run.run(uuid_of(subject, by_name=by_name), actor=COMMAND_LINE)
    else:
        result = _tried(subject, set_, secret)
    _print(result, output)
    if not result.ok:
        raise typer.Exit(ExitCode.CHECK_FAILED)


def _tried(provider: str, set_: list[str] | None, secret: list[str] | None) -> CheckResult:
    from integrations_app.services import catalogue
    from integrations_app.services.checking import run

    if not is_provider_key(provider):
        raise InvalidUuid(provider)
    values = setup_values.read(catalogue.get(provider), set_, secret)
    return run.dry_run(provider, values)


def _is_uuid(subject: str) -> bool:
    try:
        parse_uuid(subject)
    except InvalidUuid:
        return False
    return True


def _print(result: CheckResult, output: Output | None) -> None:
    record: dict[str, Any] = outputs.as_data(result)
    del record["credential_revision"]  # means something to this process alone
    if outputs.chosen(output) is not Output.TABLE:
        outputs.print_record(record, output)
        return
    account = result.account and (result.account.name or result.account.id)
    told = {"account": account} if account else {}
    outputs.print_record({"result": result.message, **told}, output)
