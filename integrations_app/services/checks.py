"""Asking providers whether credentials work: stored ones, or typed ones that are not saved."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from integrations_app.domain.actor import Actor, Origin
from integrations_app.domain.check import DETAIL_KEYS, CheckReason, CheckResult
from integrations_app.domain.connection import Status
from integrations_app.domain.event import EventKind, NoticeKind
from integrations_app.domain.explanation import explain
from integrations_app.domain.provider import AuthType, Provider
from integrations_app.errors import (
    InvalidFields,
    MissingPlaceholder,
    NotFound,
    SecretRequired,
    Undecryptable,
)
from integrations_app.providers import hosts
from integrations_app.providers.checks import judgement, request
from integrations_app.security import egress
from integrations_app.services import catalogue, credentials, facts, lookup, setup
from integrations_app.services.references import parse_uuid
from integrations_app.storage.engine import database
from integrations_app.storage.tables import ConnectionRow

PRIVATE_NETWORK = "private_network"
"""`provider_code` of an address that requests of ours must not reach."""


def stored(uuid: object) -> CheckResult:
    """Ask the provider about a connection's stored credentials; nothing is written.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
    """
    parsed = parse_uuid(uuid)
    try:
        found = credentials.opened(parsed)
    except Undecryptable:
        return _undecryptable(parsed)
    if found is None:
        raise NotFound(parsed)
    try:
        result = ask(found.provider, {**found.opened, **found.secrets})
    except InvalidFields:  # saved before the declaration asked for more, or by other hands
        result = _result(found.provider, CheckReason.CREDENTIALS_REJECTED)
    return replace(result, credential_revision=found.credential_revision)


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
    typed = setup.read(declared, values)
    if uuid is None:
        return ask(declared, {**typed.over({}), **typed.secrets})
    parsed = parse_uuid(uuid)
    try:
        found = credentials.opened(parsed)
    except Undecryptable:
        if not set(declared.secret_keys) <= typed.secrets.keys():
            return _result(declared, CheckReason.UNDECRYPTABLE)
        return ask(declared, {**typed.over({}), **typed.secrets})
    if found is None or found.provider.key != declared.key:
        raise NotFound(parsed)
    anew = setup.secrets_to_type_anew(
        declared, typed, stored=found.opened, saved_secrets=found.secrets
    )
    if anew:
        raise SecretRequired(anew)
    kept = dict(found.secrets)
    if setup.is_moved(declared, typed, stored=found.opened):
        kept = {}  # tokens, too, were given for the old place
    return ask(declared, {**typed.over(found.opened), **kept, **typed.secrets})


def ask(provider: Provider, values: Mapping[str, str]) -> CheckResult:
    """Send the provider's check with these values, and judge the answer."""
    if provider.auth_type is AuthType.OAUTH2 and setup.ACCESS_TOKEN not in values:
        return _result(provider, CheckReason.NEEDS_RECONNECT)
    if provider.check is None:
        return _result(provider, CheckReason.NOT_TESTABLE)
    try:
        sent = request.build(provider, provider.check, values)
    except MissingPlaceholder:
        return _result(provider, CheckReason.CREDENTIALS_REJECTED)
    try:
        answer = egress.send(
            sent.method,
            sent.url,
            headers=sent.headers,
            allowed=lambda host: hosts.allowed(provider, values, host),
        )
    except egress.PrivateNetwork:
        return _result(provider, CheckReason.UNREACHABLE, {"provider_code": PRIVATE_NETWORK})
    except egress.Unreachable:
        return _result(provider, CheckReason.UNREACHABLE)
    except egress.Nonsense:
        return _result(provider, CheckReason.PROVIDER_ERROR)
    secrets = [values[key] for key in (*provider.secret_keys, setup.ACCESS_TOKEN) if key in values]
    return _worded(provider, judgement.judge(provider.check, answer, secrets=secrets))


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
        session.flush()
        if _outcome(row) == before:
            facts.hint(session, NoticeKind.CHECK_RECORDED, row.uuid)
        else:
            facts.announce(session, EventKind.VALIDATED, row, at=now)
        if actor.origin is not Origin.SCHEDULE or row.status != before[0]:
            facts.record(session, EventKind.VALIDATED.value, actor=actor, at=now, row=row)


def run(uuid: object, *, actor: Actor) -> CheckResult:
    """Check a connection's stored credentials and store the outcome.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
    """
    result = stored(uuid)
    record(uuid, result, actor=actor)
    return result


def of_form(uuid: object, *, name: str, values: Mapping[str, str], actor: Actor) -> CheckResult:
    """Check what a form says: recorded if that is what is stored, else a dry run.

    Args:
        uuid: The connection that the form is for.
        name: Its name as typed.
        values: Setup key to text as typed; empty secrets stand for the stored ones.
        actor: Who asks.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is no such connection.
        InvalidFields: Values that could never be sent.
        SecretRequired: The destination was changed; the secret must be typed anew (P-6).
    """
    connection = lookup.by_uuid(uuid)
    declared = catalogue.get(connection.provider)
    typed = setup.read(declared, values)
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
