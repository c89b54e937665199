"""An account of the outside world that a connection is connected to, and the passing of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from integrations_app import integrations
from integrations_app.domain.connection import Connection
from tests.api.conftest import BOB
from tests.postgresql import DatabaseUnderTest
from tests.world import OAuthClient, Request, Trouble, World

CALLBACK = "http://localhost:3000/api/integrations/oauth/callback"
VERIFIER = "a-verifier-of-the-tests-that-is-long-enough-for-PKCE"
SECRETS = ("access_token", "refresh_token", "client_secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A connection with tokens, and the world it got them from."""

    uuid: UUID
    client: OAuthClient
    world: World = field(repr=False)
    db: DatabaseUnderTest = field(repr=False)

    @property
    def stored(self) -> Connection:
        """The connection, as the public API shows it."""
        return integrations.get_integration_by_uuid(self.uuid)

    @property
    def row(self) -> dict[str, Any]:
        """The connection's row, with what the public API does not show."""
        [row] = self.db.rows("SELECT * FROM integration_connections WHERE uuid = %s", self.uuid)
        return row

    @property
    def token(self) -> str:
        """The access token that programs get."""
        return integrations.get_credentials(self.uuid)["access_token"]

    @property
    def refreshes(self) -> list[Request]:
        """The refreshes (for client credentials: token requests) that arrived at the provider."""
        return self.world.oauth.refresh_requests(self.client.id)

    @property
    def status(self) -> tuple[str, str | None]:
        """Status and the reason for it."""
        found = self.stored
        return found.status.value, found.validation_reason and found.validation_reason.value

    def become_due(self) -> None:
        """Let the time come to renew the token, which is still good."""
        self._set("token_refresh_at = now() - interval '1 second'")

    def expire(self) -> None:
        """Let the token's time be over."""
        self._set(
            "token_refresh_at = now() - interval '2 minutes',"
            " token_expires_at = now() - interval '1 minute'"
        )

    def cool_down(self) -> None:
        """Let the pause after a failed renewal be over."""
        self._set("token_retry_at = now() - interval '1 second'")

    def fail_once(self, trouble: Trouble) -> None:
        """Let the token expire and a renewal fail, then let all be well at the provider."""
        self.expire()
        self.world.oauth.refreshes(self.client.id, trouble)
        assert not integrations.is_connected(self.uuid)
        self.world.oauth.recover(self.client.id)

    def code(self, **asked: Any) -> str:
        """A fresh code, as the browser brings it back."""
        return code_for(self.world, self.uuid, **asked)

    def exchange(self, code: str, **parts: Any) -> Connection:
        """Exchange a code as the one who asked for it, but for these parts; Bob does it."""
        given = {"redirect_uri": CALLBACK, "code_verifier": VERIFIER, "actor": BOB} | parts
        return integrations.exchange_code(self.uuid, code, **given)

    def _set(self, assignments: str) -> None:
        statement = f"UPDATE integration_connections SET {assignments} WHERE uuid = %s"
        self.db.execute(statement, self.uuid)


def sent_form(request: Request) -> dict[str, str]:
    """The fields of a posted form."""
    parsed = parse_qs(request.body.decode(), keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in parsed.values()), "a parameter was sent twice"
    return {name: value for name, [value] in parsed.items()}


def parameters_of(url: str) -> dict[str, str]:
    """The parameters of an address."""
    parsed = parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in parsed.values()), "a parameter is there twice"
    return {name: value for name, [value] in parsed.items()}


def code_for(world: World, uuid: UUID, *, account: str = "ada@example.com", **asked: Any) -> str:
    """The code that a person's yes gives."""
    asked = {"state": "a state", "code_verifier": VERIFIER} | asked
    url = integrations.authorization_url(uuid, CALLBACK, **asked)
    return parameters_of(world.oauth.authorize(url, account=account))["code"]


def exchange(world: World, uuid: UUID, *, actor: Any = None) -> Connection:
    """Connect an account, from the person's yes to the stored tokens."""
    code = code_for(world, uuid)
    return integrations.exchange_code(uuid, code, CALLBACK, code_verifier=VERIFIER, actor=actor)


def moment(connected: Connected, column: str) -> datetime:
    """A time that the row holds and that must be there."""
    found = connected.row[column]
    assert isinstance(found, datetime), f"{column} is {found!r}"
    return found
