"""Tokens go to the place they were given for, and nowhere else (P-6)."""

from uuid import UUID

import pytest

from integrations_app import integrations
from integrations_app.domain.check import CheckReason
from tests.api.providers import Contributing, declared
from tests.api.test_credentials import seal

OLD = {"base_url": "https://old.example", "client_id": "id", "client_secret": "secret"}
NEW = {"base_url": "https://new.example", "client_secret": "typed anew"}


@pytest.fixture
def connected(db, register) -> UUID:
    fields = [
        {"key": "base_url", "label": "Address", "kind": "url", "destination": True},
        {"key": "client_id", "label": "Client ID"},
        {"key": "client_secret", "label": "Client secret", "secret": True},
    ]
    provider = declared(
        "selfhosted",
        auth_type="oauth2",
        fields=fields,
        placement={"headers": {"Authorization": "Bearer {access_token}"}},
        allowed_hosts=["{base_url}"],
        check={"url": "{base_url}/me"},
        oauth={"authorize_url": "{base_url}/auth", "token_url": "{base_url}/token"},
    )
    register(Contributing(provider))
    connection = integrations.add_connection("selfhosted", "main", values=OLD, actor="anna")
    seal(db, connection, "access_token", "token")
    return connection.uuid


def test_a_dry_run_at_a_new_address_has_no_token(connected: UUID) -> None:
    result = integrations.validate_credentials("selfhosted", {**OLD, **NEW}, uuid=connected)

    assert result.reason is CheckReason.NEEDS_RECONNECT


def test_saving_a_new_address_forgets_the_tokens(connected: UUID) -> None:
    before = integrations.get_integration_by_uuid(connected)
    assert "access_token" in before.saved_secrets

    saved = integrations.save_setup(connected, NEW, actor="ben")

    assert saved.saved_secrets == ("client_secret",)
