"""Checks of stored credentials, and dry runs of values that are not saved."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from integrations_app.domain.actor import AUTOMATIC, Actor, Origin
from integrations_app.domain.check import CheckReason, CheckResult
from integrations_app.domain.connection import Connection, Status
from integrations_app.domain.explanation import INVALID, explain
from integrations_app.domain.provider import Provider
from integrations_app.domain.references import parse_uuid
from integrations_app.errors import (
    AuthorizationFailed,
    Deleted,
    InvalidFields,
    Missing,
    NotConfigured,
    NotFound,
    SecretRequired,
    TokenRefreshFailed,
    Undecryptable,
)
from integrations_app.providers.oauth.responses import Refusal
from integrations_app.services import catalogue, observation
from integrations_app.services.checking import asking, record
from integrations_app.services.connections import edit, lookup
from integrations_app.services.credentials import refresh, setup_values
from integrations_app.services.credentials.decryption import DecryptedConnection, load_decrypted
from integrations_app.services.credentials.setup_values import PublicValues, SubmittedValues
from integrations_app.storage.engine import database

_UNAUTHORIZED = 401
_REFUSED = (CheckReason.CREDENTIALS_REJECTED, CheckReason.NEEDS_RECONNECT)


def can_check(connection: Connection) -> bool:
    """Return whether there is something stored to check, and a way to do it."""
    provider = catalogue.find(connection.provider)
    if provider is None or not provider.is_testable:
        return False
    return not provider.connects_account or connection.status is not Status.DISCONNECTED


def stored(uuid: object, *, patient: bool = False) -> CheckResult:
    """Ask the provider about a connection's stored credentials; nothing is recorded.

    Tokens that are due are renewed first, and once if the provider refuses them.

    Args:
        uuid: The connection's.
        patient: Let the cool-down of a failed renewal pass first; people need not.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
    """
    parsed = parse_uuid(uuid)
    try:
        connection = load_decrypted(parsed)
        if connection is None:
            raise NotFound(parsed)
        result = _of_stored(connection, patient=patient)
    except Undecryptable:
        return _undecryptable(parsed)
    except Deleted:
        raise NotFound(parsed) from None
    observation.checked(connection.provider, result.reason)
    return replace(result, credential_revision=connection.credential_revision)


def _of_stored(connection: DecryptedConnection, *, patient: bool) -> CheckResult:
    provider = connection.provider
    if not provider.uses_tokens or not connection.is_complete:
        return _of_connection(connection)
    try:
        if provider.check is None and connection.is_renewable:  # a new token is the only proof
            refresh.renewed(connection, actor=AUTOMATIC, patient=patient)
            return asking.in_words(provider, CheckResult(ok=True))
        connection = refresh.current(connection, patient=patient)
        result = _of_connection(connection)
        if result.reason in _REFUSED and result.details.get("http_status") == _UNAUTHORIZED:
            result = _of_connection(refresh.renewed(connection, actor=AUTOMATIC, patient=patient))
    except TokenRefreshFailed as error:
        return asking.failed(provider, error.reason, error.details)
    except (AuthorizationFailed, NotConfigured):
        return asking.failed(provider, CheckReason.NEEDS_RECONNECT)
    return result


def _of_connection(connection: DecryptedConnection) -> CheckResult:
    try:
        return asking.ask(connection.provider, connection.values)
    except InvalidFields:  # saved before the declaration asked for more, or by other hands
        invalid = {"provider_code": INVALID}
        return asking.failed(connection.provider, CheckReason.CREDENTIALS_REJECTED, invalid)


def dry_run(provider: str, values: Mapping[str, str], *, uuid: object = None) -> CheckResult:
    """Ask the provider about typed values; nothing is written, told or logged.

    Args:
        provider: Key of the provider.
        values: What is typed now; required fields may be empty.
        uuid: A connection whose stored values stand in for what is not sent, and whose secrets
            for those that are empty.

    Raises:
        UnknownProvider: The provider is not declared.
        InvalidFields: Values that could never be sent.
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection of this provider.
        SecretRequired: The destination was changed; the secret must be typed anew (P-6).
    """
    submitted = setup_values.read(catalogue.get(provider), values)
    result = _of_unsaved(submitted, uuid)
    observation.checked(submitted.provider, result.reason)
    return result


def _of_unsaved(submitted: SubmittedValues, uuid: object) -> CheckResult:
    provider = submitted.provider
    if uuid is None:
        return _of_values(provider, {**submitted.alone().texts, **submitted.secrets})
    parsed = parse_uuid(uuid)
    try:
        connection = load_decrypted(parsed)
    except Undecryptable:
        if not set(provider.secret_keys) <= submitted.secrets.keys():
            return asking.failed(provider, CheckReason.UNDECRYPTABLE)
        return _of_values(provider, {**submitted.alone().texts, **submitted.secrets})
    if connection is None or connection.provider.key != provider.key:
        raise NotFound(parsed)
    return _of_changed(connection, submitted)


def _of_changed(connection: DecryptedConnection, submitted: SubmittedValues) -> CheckResult:
    """Ask about submitted values, where stored ones stand in for what was not sent."""
    provider, stored = connection.provider, connection.public_values
    anew = submitted.secrets_to_type_anew(stored, connection.secrets)
    if anew:
        raise SecretRequired(anew)
    after = stored.changed_by(submitted)
    secrets = connection.secrets
    if after.leads_elsewhere_than(stored):
        secrets = {}  # tokens, too, were given for the old place
    elif provider.connects_account and connection.is_complete:
        try:
            secrets = refresh.current(connection, patient=False).secrets
        except TokenRefreshFailed as error:
            return asking.failed(provider, error.reason, error.details)
        except (AuthorizationFailed, Missing):
            return asking.failed(provider, CheckReason.NEEDS_RECONNECT)
    return _of_values(provider, {**after.texts, **secrets, **submitted.secrets})


def _of_values(provider: Provider, values: Mapping[str, str]) -> CheckResult:
    """Ask about values that are not saved; for client credentials with a token of their own."""
    if provider.connects_account or not provider.uses_tokens:
        return asking.ask(provider, values)
    try:
        minted = refresh.minted(provider, values)
    except AuthorizationFailed:
        return asking.failed(provider, CheckReason.CREDENTIALS_REJECTED)
    if isinstance(minted, Refusal):
        return asking.failed(provider, minted.reason, minted.details)
    if provider.check is None:
        return asking.in_words(provider, CheckResult(ok=True))
    return asking.ask(provider, {**values, setup_values.ACCESS_TOKEN: minted.access_token})


def run(uuid: object, *, actor: Actor) -> CheckResult:
    """Check a connection's stored credentials and store the outcome.

    What a schedule asks lets the cool-down of a failed renewal pass; what a person asks does not.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
    """
    result = stored(uuid, patient=actor.origin is Origin.SCHEDULE)
    record.record(uuid, result, actor=actor)
    return result


def of_form(
    uuid: object,
    *,
    name: str,
    values: Mapping[str, str],
    actor: Actor,
    expected_version: int | None = None,
) -> CheckResult:
    """Check what a form says: recorded if that is what is stored, else a dry run.

    Args:
        uuid: The connection that the form is for.
        name: Its name as typed.
        values: Setup key to text as typed; empty secrets stand for the stored ones.
        actor: Who asks.
        expected_version: The version that the form was filled with; None for any.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        Conflict: Someone saved since `expected_version`: what is typed may be meant for another
            address than the one that is stored by now.
        InvalidFields: Values that could never be sent.
        SecretRequired: The destination was changed; the secret must be typed anew (P-6).
    """
    connection = lookup.by_uuid(uuid)
    with database().transaction() as session:
        edit.refuse_stale(session, connection, expected_version)
    provider = catalogue.of_connection(connection.uuid, connection.provider)
    submitted = setup_values.read(provider, values)
    stored = PublicValues(provider=provider, texts=connection.setup_values)
    says_the_same = (
        name.strip() == connection.name
        and not submitted.secrets
        and stored.changed_by(submitted).texts == stored.texts
    )
    if says_the_same:
        return run(uuid, actor=actor)
    return dry_run(provider.key, values, uuid=uuid)


def _undecryptable(uuid: UUID) -> CheckResult:
    message = explain(CheckReason.UNDECRYPTABLE, {}, provider="")
    return CheckResult(ok=False, reason=CheckReason.UNDECRYPTABLE, message=message)
