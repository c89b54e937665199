"""The way back from a provider, when things change while somebody is on it."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from integrations_app import errors, integrations
from integrations_app.domain.admin import Admin
from integrations_app.domain.check import Account
from integrations_app.domain.connection import Status
from integrations_app.providers.oauth.responses import Tokens
from integrations_app.services.credentials.decryption import load_decrypted
from integrations_app.services.identity import sessions
from integrations_app.services.oauth import account_changes, exchange, web_flow
from tests.api.conftest import Register
from tests.api.providers import Contributing, declared
from tests.world import Request, World, oauth_client
from tests.world.messages import Reply, Site

ADA, GRACE = "ada@example.com", "grace@example.com"
_numbers = itertools.count()


@pytest.fixture
def token(ada: Admin) -> str:
    return sessions.open_for(ada)


def hers(browser: Any, token: str) -> TestClient:
    opened = browser()
    opened.follow_redirects = False
    opened.cookies.set("integrations_session_3000", token)
    return opened


def added() -> UUID:
    client = oauth_client("google", serial=f"attack {next(_numbers)}")
    values = {"client_id": client.id, "client_secret": client.secret}
    return integrations.add_connection("google", "main", values=values).uuid


def back(world: World, url: str, account: str = ADA) -> str:
    address = urlsplit(world.oauth.authorize(url, account=account))
    return f"{address.path}?{address.query}"


def sign_out_after_the_grant(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    proper = exchange.request_grant

    def grant(*args: Any, **parts: Any) -> Any:
        granted = proper(*args, **parts)
        sessions.sign_out(token)
        return granted

    monkeypatch.setattr(exchange, "request_grant", grant)


def test_who_signs_out_during_the_exchange_connects_nothing(
    browser: Any, token: str, outside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = added()
    path = back(outside, web_flow.begin(uuid, token))
    sign_out_after_the_grant(monkeypatch, token)

    hers(browser, token).get(path)

    assert integrations.get_integration(uuid).status is not Status.CONNECTED


def test_who_signs_out_before_another_account_is_proposed_gets_a_page(
    browser: Any, token: str, outside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = added()
    hers(browser, token).get(back(outside, web_flow.begin(uuid, token)))
    path = back(outside, web_flow.begin(uuid, token), GRACE)
    sign_out_after_the_grant(monkeypatch, token)

    answer = hers(browser, token).get(path)

    assert answer.status_code == 303


def proposed(uuid: UUID, who: str) -> exchange.TokenGrant:
    return exchange.TokenGrant(
        uuid=uuid,
        tokens=Tokens(access_token=f"token-of-{who}", scopes=("a",)),
        account=Account(id=who, name=who),
        credential_revision=revision_of(uuid),
        at=datetime.now(UTC),
    )


def revision_of(uuid: UUID) -> int:
    found = load_decrypted(uuid)
    assert found is not None
    return found.credential_revision


def test_the_account_that_is_taken_is_the_one_that_was_asked_about(
    token: str, ada: Admin, outside: World
) -> None:
    uuid = added()
    account_changes.propose(proposed(uuid, "grace"), token)
    asked = account_changes.pending(uuid, token)
    account_changes.propose(proposed(uuid, "mallory"), token)  # in another tab
    assert asked is not None

    with pytest.raises(errors.NotFound):
        account_changes.accept(
            uuid, token, account_id=asked.account_id, actor=ada.acting(request_id=None)
        )

    still = account_changes.pending(uuid, token)
    assert still is not None
    assert still.account_id != asked.account_id


def test_two_other_accounts_at_the_same_moment_leave_one_question(
    token: str, outside: World
) -> None:
    uuid = added()
    granted = proposed(uuid, "grace")

    outcome: list[str] = []
    together = threading.Barrier(4)

    def propose() -> None:
        for _ in range(20):
            together.wait()
            try:
                account_changes.propose(granted, token)
            except IntegrityError as error:
                outcome.append(type(error).__name__)
            together.wait()
            account_changes.discard(uuid, token, account_id="grace")

    threads = [threading.Thread(target=propose) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert outcome == []


def test_a_code_does_not_go_to_a_place_that_was_typed_after_it_was_asked_for(
    browser: Any, token: str, outside: World, register: Register
) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Reply:
        seen.append(request)
        return Reply.of_json({"access_token": "t", "token_type": "Bearer"})

    base = {"key": "base_url", "label": "Address", "kind": "url", "required": True}
    provider = declared(
        "forge",
        auth_type="oauth2",
        fields=[
            base | {"destination": True},
            {"key": "client_id", "label": "ID", "required": True},
        ],
        placement={"headers": {"Authorization": "Bearer {access_token}"}},
        allowed_hosts=["{base_url}"],
        check=None,
        oauth={
            "authorize_url": "{base_url}/authorize",
            "token_url": "{base_url}/token",
            "client_auth": "none",
        },
    )
    register(Contributing(provider, key="forge"))
    values = {"base_url": "https://good.forge.example", "client_id": "c"}
    uuid = integrations.add_connection("forge", "main", values=values).uuid
    url = web_flow.begin(uuid, token)
    state = parse_qs(urlsplit(url).query)["state"][0]
    integrations.save_setup(uuid, {"base_url": "https://evil.forge.example"})

    with outside.hosting(Site(hosts=("good.forge.example", "evil.forge.example"), answer=answer)):
        path = f"/api/integrations/oauth/callback?code=a-code-of-good&state={state}"
        hers(browser, token).get(path)

    assert [each.host for each in seen if each.carries("a-code-of-good")] == []
