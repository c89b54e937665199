"""Asking providers whether credentials work: stored ones, or typed ones that are not saved."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from integrations_app.domain import action
from integrations_app.domain.actor import AUTOMATIC, Actor, Origin
from integrations_app.domain.check import DETAIL_KEYS, CheckReason, CheckResult
from integrations_app.domain.connection import Connection, Status
from integrations_app.domain.event import EventKind, NoticeKind
from integrations_app.domain.explanation import INVALID, explain
from integrations_app.domain.provider import Provider
from integrations_app.domain.references import parse_uuid
from integrations_app.errors import (
    AuthorizationFailed,
    Deleted,
    InvalidFields,
    Missing,
    MissingPlaceholder,
    NotConfigured,
    NotFound,
    SecretRequired,
    TokenRefreshFailed,
    Undecryptable,
)
from integrations_app.providers import hosts
from integrations_app.providers.checks import judgement, request
from integrations_app.providers.oauth.responses import Refusal
from integrations_app.security import egress
from integrations_app.services import catalogue, observation
from integrations_app.services.changes import facts
from integrations_app.services.connections import edit, lookup, next_check
from integrations_app.services.credentials import refresh, setup_values, tokens
from integrations_app.services.credentials.decryption import DecryptedConnection, load_decrypted
from integrations_app.storage.engine import database
from integrations_app.storage.tables import ConnectionRow

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
        found = load_decrypted(parsed)
        if found is None:
            raise NotFound(parsed)
        result = _of_stored(found, patient=patient)
    except Undecryptable:
        return _undecryptable(parsed)
    except Deleted:
        raise NotFound(parsed) from None
    observation.checked(found.provider, result.reason)
    return replace(result, credential_revision=found.credential_revision)


def _of_stored(found: DecryptedConnection, *, patient: bool) -> CheckResult:
    provider = found.provider
    if not provider.uses_tokens or not _can_have_token(found):
        return _asked(found)
    try:
        if provider.check is None and found.is_renewable:  # a new token is the only proof
            refresh.renewed(found, actor=AUTOMATIC, patient=patient)
            return _worded(provider, CheckResult(ok=True))
        found = refresh.current(found, patient=patient)
        result = _asked(found)
        if result.reason in _REFUSED and result.details.get("http_status") == _UNAUTHORIZED:
            result = _asked(refresh.renewed(found, actor=AUTOMATIC, patient=patient))
    except TokenRefreshFailed as error:
        return _result(provider, error.reason, error.details)
    except (AuthorizationFailed, NotConfigured):
        return _result(provider, CheckReason.NEEDS_RECONNECT)
    return result


def _asked(found: DecryptedConnection) -> CheckResult:
    try:
        return ask(found.provider, found.values)
    except InvalidFields:  # saved before the declaration asked for more, or by other hands
        invalid = {"provider_code": INVALID}
        return _result(found.provider, CheckReason.CREDENTIALS_REJECTED, invalid)


def _can_have_token(found: DecryptedConnection) -> bool:
    return setup_values.has_credentials(found.provider, found.public_values, found.secrets)


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
    declared = catalogue.get(provider)
    typed = setup_values.read(declared, values)
    result = _of_unsaved(declared, typed, uuid)
    observation.checked(declared, result.reason)
    return result


def _of_unsaved(
    declared: Provider, typed: setup_values.SubmittedValues, uuid: object
) -> CheckResult:
    if uuid is None:
        return _of_typed(declared, {**typed.over({}), **typed.secrets})
    parsed = parse_uuid(uuid)
    try:
        found = load_decrypted(parsed)
    except Undecryptable:
        if not set(declared.secret_keys) <= typed.secrets.keys():
            return _result(declared, CheckReason.UNDECRYPTABLE)
        return _of_typed(declared, {**typed.over({}), **typed.secrets})
    if found is None or found.provider.key != declared.key:
        raise NotFound(parsed)
    anew = setup_values.secrets_to_type_anew(
        declared, typed, stored=found.public_values, saved_secrets=found.secrets
    )
    if anew:
        raise SecretRequired(anew)
    kept = dict(found.secrets)
    if setup_values.is_moved(declared, typed, stored=found.public_values):
        kept = {}  # tokens, too, were given for the old place
    elif declared.connects_account and _can_have_token(found):
        try:
            kept = dict(refresh.current(found, patient=False).secrets)
        except TokenRefreshFailed as error:
            return _result(declared, error.reason, error.details)
        except (AuthorizationFailed, Missing):
            return _result(declared, CheckReason.NEEDS_RECONNECT)
    return _of_typed(declared, {**typed.over(found.public_values), **kept, **typed.secrets})


def _of_typed(provider: Provider, values: Mapping[str, str]) -> CheckResult:
    """Ask about typed values; for client credentials with a token of their own."""
    if provider.connects_account or not provider.uses_tokens:
        return ask(provider, values)
    try:
        minted = refresh.minted(provider, values)
    except AuthorizationFailed:
        return _result(provider, CheckReason.CREDENTIALS_REJECTED)
    if isinstance(minted, Refusal):
        return _result(provider, minted.reason, minted.details)
    if provider.check is None:
        return _worded(provider, CheckResult(ok=True))
    return ask(provider, {**values, setup_values.ACCESS_TOKEN: minted.access_token})


def ask(provider: Provider, values: Mapping[str, str]) -> CheckResult:
    """Send the provider's check with these values, and judge the answer."""
    if provider.connects_account and setup_values.ACCESS_TOKEN not in values:
        return _result(provider, CheckReason.NEEDS_RECONNECT)
    if provider.check is None:
        return _result(provider, CheckReason.NOT_TESTABLE)
    try:
        sent = request.build(provider, provider.check, values)
    except MissingPlaceholder:
        return _result(provider, CheckReason.CREDENTIALS_REJECTED)
    try:
        with observation.request_to(provider):
            answer = egress.send(
                sent.method,
                sent.url,
                headers=sent.headers,
                allowed=lambda host: hosts.allowed(provider, values, host),
            )
    except egress.EgressFailed as error:
        return _result(provider, *judgement.of_failure(error))
    secrets = tokens.secrets_of(provider, values)
    result = judgement.judge(provider.check, answer, secrets=secrets)
    if provider.connects_account and result.reason is CheckReason.CREDENTIALS_REJECTED:
        result = replace(result, reason=CheckReason.NEEDS_RECONNECT)  # no key was refused
    return _worded(provider, result)


def record(uuid: object, result: CheckResult, *, actor: Actor) -> None:
    """Store a check's outcome; quiet for a row, or credentials, that are no longer there.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
    """
    parsed = parse_uuid(uuid)
    now = datetime.now(UTC)
    with database().transaction() as session:
        row = session.get(ConnectionRow, parsed, with_for_update=True)
        if row is None or result.credential_revision not in (None, row.credential_revision):
            return
        before = _outcome(row)
        _apply(row, result, now)
        next_check.after_check(row, result, actor=actor, at=now)
        session.flush()
        if _outcome(row) == before:
            facts.notify(session, NoticeKind.CHECK_RECORDED, row.uuid)
        else:
            facts.publish(session, EventKind.VALIDATED, row, at=now)
        if actor.origin is not Origin.SCHEDULE or row.status != before[0]:
            facts.audit(
                session, action.OF_EVENTS[EventKind.VALIDATED], actor=actor, at=now, row=row
            )


def run(uuid: object, *, actor: Actor) -> CheckResult:
    """Check a connection's stored credentials and store the outcome.

    What a schedule asks lets the cool-down of a failed renewal pass; what a person asks does not.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
    """
    result = stored(uuid, patient=actor.origin is Origin.SCHEDULE)
    record(uuid, result, actor=actor)
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
    declared = catalogue.of_connection(connection.uuid, connection.provider)
    typed = setup_values.read(declared, values)
    says_the_same = (
        name.strip() == connection.name
        and not typed.secrets
        and typed.over(connection.setup_values) == connection.setup_values
    )
    if says_the_same:
        return run(uuid, actor=actor)
    return dry_run(declared.key, values, uuid=uuid)


def _outcome(row: ConnectionRow) -> tuple[str, str | None, dict[str, Any]]:
    return row.status, row.validation_reason, row.validation_details


def _apply(row: ConnectionRow, result: CheckResult, now: datetime) -> None:
    row.last_validated_at = row.updated_at = now
    row.status = _status_after(row, result).value
    if result.ok:
        row.connected_at = now
        row.validation_reason, row.validation_details = None, {}
        if result.account is not None:
            row.account_id, row.account_name = result.account.id, result.account.name
        return
    row.validation_reason = CheckReason(result.reason).value if result.reason else None
    row.validation_details = {
        key: value for key, value in result.details.items() if key in DETAIL_KEYS
    }


def _status_after(row: ConnectionRow, result: CheckResult) -> Status:
    if result.ok:
        return Status.CONNECTED
    if row.status == Status.DISCONNECTED:
        return Status.DISCONNECTED  # there is nothing whose failure could be an error
    return Status.CONFIGURED if result.reason == CheckReason.NOT_TESTABLE else Status.ERROR


def _undecryptable(uuid: UUID) -> CheckResult:
    message = explain(CheckReason.UNDECRYPTABLE, {}, provider="")
    return CheckResult(ok=False, reason=CheckReason.UNDECRYPTABLE, message=message)


def _result(
    provider: Provider, reason: CheckReason, details: Mapping[str, Any] | None = None
) -> CheckResult:
    return _worded(provider, CheckResult(ok=False, reason=reason, details=details or {}))


def _worded(provider: Provider, result: CheckResult) -> CheckResult:
    message = explain(result.reason, result.details, provider=provider.title)
    return replace(result, message=message)
