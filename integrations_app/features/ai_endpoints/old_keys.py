"""The key of its own that an endpoint may have from of old: shown once more, or given up."""

from datetime import UTC, datetime

from integrations_app.domain.actor import Actor
from integrations_app.domain.references import parse_uuid
from integrations_app.errors import Conflict
from integrations_app.features.ai_endpoints import actions
from integrations_app.features.ai_endpoints.endpoint import KEY
from integrations_app.features.ai_endpoints.errors import EndpointMissing
from integrations_app.features.ai_endpoints.table import AiEndpointRow
from integrations_app.services.changes import facts
from integrations_app.services.identity import sessions
from integrations_app.storage.engine import database


def show(uuid: object, session_token: str, *, request_id: str | None = None) -> str:
    """The old key of an endpoint that has nothing else, for a signed-in admin.

    Args:
        uuid: The endpoint's.
        session_token: Of the browser that asks.
        request_id: Ties the audit entry to the request.

    Raises:
        NotSignedIn: Nobody is signed in there.
        InvalidUuid: Neither a UUID nor its string.
        EndpointMissing: There is none, or it has no old key, or uses a connection by now.
    """
    admin = sessions.required(session_token)
    parsed = parse_uuid(uuid)
    with database().transaction() as session:
        sessions.hold(session, session_token)
        row = session.get(AiEndpointRow, parsed, with_for_update=True)
        key = (row.api_key or "").strip() if row else ""
        if row is None or not key or row.integration_uuid is not None:
            raise EndpointMissing(parsed)
        facts.audit(
            session,
            actions.KEY_SHOWN,
            actor=admin.acting(request_id=request_id),
            at=datetime.now(UTC),
            name=row.name,
            fields=("api_key",),
        )
    return key


def forget(uuid: object, *, actor: Actor, expected_version: int | None = None) -> bool:
    """Delete an endpoint's old key for good, and the text that said whose it was.

    Args:
        uuid: The endpoint's.
        actor: Who does it.
        expected_version: The version of the endpoint that the actor has seen; None for any.

    Returns:
        Whether there was one.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        EndpointMissing: There is no such endpoint.
        Conflict: Someone changed it since `expected_version`; nothing is done.
    """
    parsed = parse_uuid(uuid)
    now = datetime.now(UTC)
    with database().transaction() as session:
        row = session.get(AiEndpointRow, parsed, with_for_update=True)
        if row is None:
            raise EndpointMissing(parsed)
        if expected_version not in (None, row.version):
            raise Conflict(fields=(), version=row.version)
        if row.api_key is None:
            return False
        row.api_key = None
        row.version, row.updated_at = row.version + 1, now
        facts.record_module_change(
            session,
            KEY,
            actions.KEY_DELETED,
            actor=actor,
            at=now,
            name=row.name,
            fields=("api_key",),
        )
    return True
