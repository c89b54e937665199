"""The world's authorization servers keep their promises, seen by the product's HTTP client."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2
import pytest
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from integrations_app.providers import registry
from tests.world import (
    NoWayBack,
    OAuthClient,
    TokenBehaviour,
    Trouble,
    World,
    oauth_client,
)
from tests.world.oauth.accounts import Account
from tests.world.oauth.clients import CLIENT_SHAPES, client_with_id

ENOUGH_S = 10.0
PATIENCE_S = 0.3
CALLBACK = "http://localhost:3000/api/integrations/oauth/callback"
TENANT = "https://login.microsoftonline.com/contoso.com/oauth2/v2.0"
MINT = "https://auth.acme.example/oauth/token"
THINGS = "https://api.acme.example/v1/things"
REVOKE = "https://oauth2.googleapis.com/revoke"
SIGN_INS = {
    "google": "https://accounts.google.com/o/oauth2/v2/auth",
    "microsoft": f"{TENANT}/authorize",
}
TOKENS = {"google": "https://oauth2.googleapis.com/token", "microsoft": f"{TENANT}/token"}
ACCOUNTS = {
    "google": "https://www.googleapis.com/oauth2/v2/userinfo",
    "microsoft": "https://graph.microsoft.com/v1.0/me",
    "acme": "https://api.acme.example/v1/account",
}
OTHERS = {
    "google": "https://www.googleapis.com/drive/v3/files",
    "microsoft": "https://graph.microsoft.com/v1.0/me/messages",
    "acme": THINGS,
}
PARAMETERS = {
    "google": {"scope": "openid email", "access_type": "offline", "prompt": "consent"},
    "microsoft": {"scope": "openid offline_access User.Read", "prompt": "consent"},
}

every_provider = pytest.mark.parametrize("provider", sorted(SIGN_INS))


@pytest.fixture
def http(world: World) -> Iterator[httpx2.Client]:
    trust = ssl.create_default_context(cafile=str(world.ca_file))
    with httpx2.Client(
        proxy=world.proxy_url, verify=trust, timeout=ENOUGH_S, trust_env=False
    ) as client:
        yield client


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One client's way through the code flow."""

    client: OAuthClient
    verifier: str = field(default_factory=lambda: generate_token(48))

    def url(self, **parameters: str) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.client.id,
            "redirect_uri": CALLBACK,
            "state": "the state",
            "code_challenge": create_s256_code_challenge(self.verifier),
            "code_challenge_method": "S256",
        }
        asked |= PARAMETERS[self.client.provider] | parameters
        kept = {name: value for name, value in asked.items() if value}
        return f"{SIGN_INS[self.client.provider]}?{urlencode(kept)}"

    def exchange(self, http: httpx2.Client, code: str, **fields: str) -> httpx2.Response:
        asked = {"code": code, "redirect_uri": CALLBACK, "code_verifier": self.verifier} | fields
        return self._ask(http, "authorization_code", asked)

    def refresh(self, http: httpx2.Client, refresh_token: str) -> httpx2.Response:
        return self._ask(http, "refresh_token", {"refresh_token": refresh_token})

    def connect(self, world: World, http: httpx2.Client, **parameters: str) -> dict[str, str]:
        code = answer_of(world.oauth.authorize(self.url(**parameters)))["code"]
        return self.exchange(http, code).json()

    def _ask(self, http: httpx2.Client, grant: str, fields: dict[str, str]) -> httpx2.Response:
        proof = {"client_id": self.client.id, "client_secret": self.client.secret}
        form = {"grant_type": grant} | proof | fields
        return http.post(TOKENS[self.client.provider], data=form)


def flow(provider: str, serial: str, behaviour: TokenBehaviour = TokenBehaviour.RIGHT) -> Flow:
    return Flow(client=oauth_client(provider, behaviour, serial=serial))


def answer_of(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def account(http: httpx2.Client, provider: str, access_token: str) -> httpx2.Response:
    return http.get(ACCOUNTS[provider], headers={"Authorization": f"Bearer {access_token}"})


def mint(http: httpx2.Client, client: OAuthClient, **fields: str) -> httpx2.Response:
    form = {"grant_type": "client_credentials"} | fields
    return http.post(MINT, data=form, auth=(client.id, client.secret))


# Clients


@pytest.mark.parametrize("provider", sorted(CLIENT_SHAPES))
@pytest.mark.parametrize("behaviour", TokenBehaviour)
def test_every_client_is_known_by_its_id(provider: str, behaviour: TokenBehaviour) -> None:
    client = oauth_client(provider, behaviour, serial="known")

    assert client_with_id(client.id) == client


@pytest.mark.parametrize("provider", sorted(CLIENT_SHAPES))
def test_each_serial_gives_another_client(provider: str) -> None:
    clients = [oauth_client(provider, serial=serial) for serial in range(100)]

    assert len({client.id for client in clients}) == 100
    assert len({client.secret for client in clients}) == 100


@pytest.mark.parametrize("provider", sorted(CLIENT_SHAPES))
def test_an_altered_id_is_no_client(provider: str) -> None:
    client_id = oauth_client(provider).id

    altered = re.sub(r"[0-9a-f]", lambda digit: "0" if digit[0] != "0" else "1", client_id)

    assert client_with_id(altered) is None


@every_provider
def test_ids_and_secrets_fit_the_fields_of_the_declaration(provider: str) -> None:
    client = oauth_client(provider)
    fields = {each.key: each for each in registry.get(provider).fields}

    for key, value in {"client_id": client.id, "client_secret": client.secret}.items():
        assert re.fullmatch(fields[key].pattern or ".*", value)
        assert len(value) <= fields[key].max_length


# The code flow


@every_provider
def test_a_code_is_exchanged_for_tokens_that_open_the_api(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "end to end")

    returned = world.oauth.authorize(asking.url(), account="grace@example.com")
    tokens = asking.exchange(http, answer_of(returned)["code"]).json()

    assert returned.startswith(f"{CALLBACK}?")
    assert answer_of(returned)["state"] == "the state"
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3599)
    assert "grace@example.com" in account(http, provider, tokens["access_token"]).json().values()


@every_provider
def test_a_bearer_opens_the_rest_of_the_api(
    world: World, http: httpx2.Client, provider: str
) -> None:
    tokens = flow(provider, "the rest").connect(world, http)

    headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    assert http.get(OTHERS[provider], headers=headers).status_code == 200
    assert http.get(OTHERS[provider] + "/none", headers=headers).status_code == 404


def test_a_file_can_be_made_in_the_drive(world: World, http: httpx2.Client) -> None:
    tokens = flow("google", "drive").connect(world, http)

    headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    assert http.post(OTHERS["google"], headers=headers, json={"name": "a"}).json()["name"] == "a"


@every_provider
def test_a_token_of_one_provider_is_unknown_to_the_other(
    world: World, http: httpx2.Client, provider: str
) -> None:
    [other] = {"google", "microsoft"} - {provider}

    tokens = flow(provider, "elsewhere").connect(world, http)

    assert account(http, other, tokens["access_token"]).status_code == 401


@every_provider
def test_denying_returns_with_access_denied_and_the_state(world: World, provider: str) -> None:
    returned = answer_of(world.oauth.deny(flow(provider, "denied").url()))

    assert (returned["error"], returned["state"]) == ("access_denied", "the state")
    assert "code" not in returned


@every_provider
@pytest.mark.parametrize(
    ("verifier", "error"), [("another-" * 6, "invalid_grant"), ("", "invalid_request")]
)
def test_a_wrong_or_missing_verifier_is_refused(
    world: World, http: httpx2.Client, provider: str, verifier: str, error: str
) -> None:
    asking = flow(provider, "verifier")
    code = answer_of(world.oauth.authorize(asking.url()))["code"]

    answer = asking.exchange(http, code, code_verifier=verifier)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


@every_provider
@pytest.mark.parametrize(
    "lacking", [{"code_challenge": "", "code_challenge_method": ""}, {"code_challenge_method": ""}]
)
def test_nobody_is_asked_without_an_s256_challenge(
    world: World, provider: str, lacking: dict[str, str]
) -> None:
    returned = world.oauth.authorize(flow(provider, "no challenge").url(**lacking))

    assert answer_of(returned)["error"] == "invalid_request"


@every_provider
def test_a_code_used_twice_is_refused_and_ends_what_it_gave(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "twice")
    code = answer_of(world.oauth.authorize(asking.url()))["code"]
    tokens = asking.exchange(http, code).json()

    again = asking.exchange(http, code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert world.oauth.revoked(tokens["access_token"])


@every_provider
def test_a_code_belongs_to_one_redirect_address(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "two addresses")
    code = answer_of(world.oauth.authorize(asking.url()))["code"]

    other = CALLBACK.replace("localhost", "127.0.0.1")

    assert asking.exchange(http, code, redirect_uri=other).json()["error"] == "invalid_grant"


@every_provider
def test_a_code_belongs_to_one_client(world: World, http: httpx2.Client, provider: str) -> None:
    code = answer_of(world.oauth.authorize(flow(provider, "owner").url()))["code"]

    assert flow(provider, "thief").exchange(http, code).json()["error"] == "invalid_grant"


@every_provider
def test_any_other_secret_is_refused_as_an_invalid_client(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "wrong secret")
    code = answer_of(world.oauth.authorize(asking.url()))["code"]

    altered = replace(asking, client=replace(asking.client, secret=asking.client.secret + "0"))
    answer = altered.exchange(http, code)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@every_provider
def test_a_wrong_client_gets_as_far_as_the_exchange(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "wrong", TokenBehaviour.WRONG)
    code = answer_of(world.oauth.authorize(asking.url()))["code"]

    answer = asking.exchange(http, code)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "callback",
    [
        "http://127.0.0.1:3100/api/integrations/oauth/callback",
        "https://integrations.example.com/api/integrations/oauth/callback",
    ],
)
def test_the_callback_may_be_on_this_machine_or_behind_tls(world: World, callback: str) -> None:
    returned = world.oauth.authorize(flow("google", "callback").url(redirect_uri=callback))

    assert returned.startswith(f"{callback}?code=")


@every_provider
@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "http://example.com/api/integrations/oauth/callback"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": 'https://a"é.example/api/integrations/oauth/callback'},
        {"redirect_uri": ""},
        {"client_id": "nobody"},
        {"client_id": ""},
    ],
)
def test_an_unknown_client_or_address_gets_an_error_page_and_no_redirect(
    world: World, http: httpx2.Client, provider: str, wrong: dict[str, str]
) -> None:
    url = flow(provider, "blocked").url(**wrong)

    answer = http.get(url)

    assert answer.status_code == 400
    assert "Access blocked" in answer.text
    with pytest.raises(NoWayBack, match="Access blocked"):
        world.oauth.authorize(url)


def test_nothing_is_issued_in_the_clear(world: World, http: httpx2.Client) -> None:
    asking = flow("google", "in the clear")

    for address in (asking.url(), TOKENS["google"], REVOKE, ACCOUNTS["google"]):
        answer = http.post(address.replace("https://", "http://"), data={"token": "some"})
        assert answer.status_code in (400, 401)


# Refresh tokens


def test_google_gives_a_refresh_token_for_offline_access_only(
    world: World, http: httpx2.Client
) -> None:
    tokens = flow("google", "online").connect(world, http, access_type="online")

    assert "refresh_token" not in tokens


def test_google_gives_a_second_refresh_token_only_for_a_second_consent(
    world: World, http: httpx2.Client
) -> None:
    asking = flow("google", "second consent")

    first = asking.connect(world, http)
    unasked = asking.connect(world, http, prompt="")
    asked = asking.connect(world, http)

    assert ["refresh_token" in each for each in (first, unasked, asked)] == [True, False, True]


def test_microsoft_gives_a_refresh_token_for_offline_access_only(
    world: World, http: httpx2.Client
) -> None:
    tokens = flow("microsoft", "online").connect(world, http, scope="openid User.Read")

    assert "refresh_token" not in tokens


def test_google_keeps_its_refresh_token(world: World, http: httpx2.Client) -> None:
    asking = flow("google", "kept")
    tokens = asking.connect(world, http)

    refreshed = asking.refresh(http, tokens["refresh_token"]).json()

    assert "refresh_token" not in refreshed
    assert refreshed["access_token"] != tokens["access_token"]
    assert asking.refresh(http, tokens["refresh_token"]).status_code == 200


def test_microsoft_renews_its_refresh_token_and_keeps_the_old_one(
    world: World, http: httpx2.Client
) -> None:
    asking = flow("microsoft", "renewed")
    tokens = asking.connect(world, http)

    refreshed = asking.refresh(http, tokens["refresh_token"]).json()

    assert refreshed["refresh_token"] != tokens["refresh_token"]
    assert asking.refresh(http, tokens["refresh_token"]).status_code == 200


def test_google_names_scopes_in_its_own_way(world: World, http: httpx2.Client) -> None:
    tokens = flow("google", "scopes").connect(world, http)

    assert tokens["scope"] == "openid https://www.googleapis.com/auth/userinfo.email"


@every_provider
def test_rotation_replaces_the_refresh_token(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "rotated", TokenBehaviour.ROTATING)
    first = asking.connect(world, http)["refresh_token"]

    second = asking.refresh(http, first).json()["refresh_token"]

    assert world.oauth.revoked(first)
    assert not world.oauth.revoked(second)
    assert asking.refresh(http, second).status_code == 200
    assert not world.oauth.reused(asking.client.id)


@every_provider
def test_reusing_a_replaced_refresh_token_ends_the_whole_family(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "reused", TokenBehaviour.ROTATING)
    first = asking.connect(world, http)
    second = asking.refresh(http, first["refresh_token"]).json()

    again = asking.refresh(http, first["refresh_token"])

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert asking.refresh(http, second["refresh_token"]).json()["error"] == "invalid_grant"
    assert account(http, provider, second["access_token"]).status_code == 401
    assert world.oauth.reused(asking.client.id)


def test_of_two_refreshes_at_once_one_is_a_reuse(world: World, http: httpx2.Client) -> None:
    asking = flow("google", "at once", TokenBehaviour.ROTATING)
    refresh_token = asking.connect(world, http)["refresh_token"]

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: asking.refresh(http, refresh_token), range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 400]
    assert world.oauth.reused(asking.client.id)


@every_provider
def test_a_refresh_token_belongs_to_one_client(
    world: World, http: httpx2.Client, provider: str
) -> None:
    refresh_token = flow(provider, "holder").connect(world, http)["refresh_token"]

    answer = flow(provider, "finder").refresh(http, refresh_token)

    assert answer.json()["error"] == "invalid_grant"


# Behaviours


@every_provider
@pytest.mark.parametrize(
    ("behaviour", "expires_in"),
    [
        (TokenBehaviour.SHORT_LIVED, 2),
        (TokenBehaviour.NO_EXPIRY, None),
        (TokenBehaviour.TEXT_NUMBERS, "3599"),
    ],
)
def test_a_client_chooses_how_its_answers_speak_of_expiry(
    world: World,
    http: httpx2.Client,
    provider: str,
    behaviour: TokenBehaviour,
    expires_in: object,
) -> None:
    asking = flow(provider, "expiry", behaviour)

    tokens = asking.connect(world, http)
    refreshed = asking.refresh(http, tokens["refresh_token"]).json()

    assert tokens.get("expires_in") == refreshed.get("expires_in") == expires_in
    assert account(http, provider, refreshed["access_token"]).status_code == 200


def test_a_short_life_really_ends(world: World, http: httpx2.Client) -> None:
    tokens = flow("google", "short", TokenBehaviour.SHORT_LIVED).connect(world, http)
    deadline = time.monotonic() + ENOUGH_S

    while account(http, "google", tokens["access_token"]).status_code == 200:
        assert time.monotonic() < deadline

    assert not world.oauth.revoked(tokens["access_token"])


@every_provider
def test_keeping_and_forgetting_clients_get_no_refresh_token(
    world: World, http: httpx2.Client, provider: str
) -> None:
    keeping = flow(provider, "keeping", TokenBehaviour.KEEPING)
    forgetting = flow(provider, "forgetting", TokenBehaviour.NO_REFRESH_TOKEN)

    kept = keeping.connect(world, http)["refresh_token"]

    assert "refresh_token" not in keeping.refresh(http, kept).json()
    assert "refresh_token" not in forgetting.connect(world, http)


@every_provider
def test_the_account_alone_may_fail(world: World, http: httpx2.Client, provider: str) -> None:
    tokens = flow(provider, "no account", TokenBehaviour.ACCOUNT_FAILS).connect(world, http)

    headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    assert account(http, provider, tokens["access_token"]).status_code == 500
    assert http.get(OTHERS[provider], headers=headers).status_code == 200


@every_provider
def test_a_slow_client_waits_for_its_refreshes_only(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "slow", TokenBehaviour.SLOW)
    started = time.monotonic()

    tokens = asking.connect(world, http)
    connected_after = time.monotonic() - started
    assert asking.refresh(http, tokens["refresh_token"]).status_code == 200

    assert connected_after < 0.7 <= time.monotonic() - started


# Revocation


@pytest.mark.parametrize("presented", ["access_token", "refresh_token"])
def test_revoking_one_token_ends_the_whole_grant(
    world: World, http: httpx2.Client, presented: str
) -> None:
    asking = flow("google", "revoked")
    tokens = asking.connect(world, http)

    assert http.post(REVOKE, data={"token": tokens[presented]}).status_code == 200

    assert world.oauth.revoked(tokens["access_token"])
    assert world.oauth.revoked(tokens["refresh_token"])
    assert account(http, "google", tokens["access_token"]).status_code == 401
    assert asking.refresh(http, tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_unknown_token_cannot_be_revoked(world: World, http: httpx2.Client) -> None:
    answer = http.post(REVOKE, data={"token": "ya29.never"})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_token")
    with pytest.raises(KeyError):
        world.oauth.revoked("ya29.never")


def test_revocation_that_fails_leaves_the_tokens_valid(world: World, http: httpx2.Client) -> None:
    asking = flow("google", "irrevocable", TokenBehaviour.REVOKE_FAILS)
    tokens = asking.connect(world, http)

    assert http.post(REVOKE, data={"token": tokens["refresh_token"]}).status_code == 500

    assert not world.oauth.revoked(tokens["refresh_token"])


def test_microsoft_revokes_nothing(http: httpx2.Client) -> None:
    assert http.post(f"{TENANT}/revoke", data={"token": "any"}).status_code == 404


@every_provider
def test_people_can_withdraw_at_their_provider(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "withdrawn")
    tokens = asking.connect(world, http)

    world.oauth.withdraw(asking.client.id)

    assert asking.refresh(http, tokens["refresh_token"]).json()["error"] == "invalid_grant"


# Steering


@every_provider
@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (Trouble.INVALID_GRANT, 400),
        (Trouble.INVALID_CLIENT, 401),
        (Trouble.SERVER_ERROR, 500),
        (Trouble.UNAVAILABLE, 503),
        (Trouble.RATE_LIMITED, 429),
        (Trouble.HTML, 200),
        (Trouble.REDIRECT_ELSEWHERE, 307),
        (Trouble.NO_ACCESS_TOKEN, 200),
    ],
)
def test_refreshes_get_the_ordered_trouble_until_recovery(
    world: World, http: httpx2.Client, provider: str, trouble: Trouble, status: int
) -> None:
    asking = flow(provider, trouble)
    refresh_token = asking.connect(world, http)["refresh_token"]

    world.oauth.refreshes(asking.client.id, trouble)
    troubled = [asking.refresh(http, refresh_token) for _ in range(2)]
    world.oauth.recover(asking.client.id)

    assert [answer.status_code for answer in troubled] == [status, status]
    assert all(b"ya29" not in answer.content for answer in troubled)
    assert asking.refresh(http, refresh_token).status_code == 200


@pytest.mark.parametrize("trouble", [Trouble.GARBAGE, Trouble.CUT_BODY, Trouble.ANSWER_LOST])
def test_a_broken_token_answer_breaks_the_protocol(
    world: World, http: httpx2.Client, trouble: Trouble
) -> None:
    asking = flow("google", trouble)
    refresh_token = asking.connect(world, http)["refresh_token"]

    world.oauth.refreshes(asking.client.id, trouble)

    with pytest.raises(httpx2.RemoteProtocolError):
        asking.refresh(http, refresh_token)


def test_a_hanging_token_endpoint_never_answers(world: World, http: httpx2.Client) -> None:
    asking = flow("google", "hanging")
    refresh_token = asking.connect(world, http)["refresh_token"]
    world.oauth.refreshes(asking.client.id, Trouble.HANGING)

    http.timeout = httpx2.Timeout(ENOUGH_S, read=PATIENCE_S)

    with pytest.raises(httpx2.ReadTimeout):
        asking.refresh(http, refresh_token)


@pytest.mark.parametrize("trouble", [Trouble.UNAVAILABLE, Trouble.RATE_LIMITED])
def test_trouble_that_passes_says_when_to_come_back(
    world: World, http: httpx2.Client, trouble: Trouble
) -> None:
    asking = flow("google", f"retry {trouble}")

    world.oauth.refreshes(asking.client.id, trouble)

    assert asking.refresh(http, "any").headers["retry-after"] == "30"


def test_a_lost_answer_replaced_the_token_all_the_same(world: World, http: httpx2.Client) -> None:
    asking = flow("google", "lost", TokenBehaviour.ROTATING)
    refresh_token = asking.connect(world, http)["refresh_token"]

    world.oauth.refreshes(asking.client.id, Trouble.ANSWER_LOST)
    with pytest.raises(httpx2.RemoteProtocolError):
        asking.refresh(http, refresh_token)

    assert world.oauth.revoked(refresh_token)


def test_trouble_with_refreshes_spares_the_exchange(world: World, http: httpx2.Client) -> None:
    asking = flow("google", "exchange spared")

    world.oauth.refreshes(asking.client.id, Trouble.SERVER_ERROR)

    assert "access_token" in asking.connect(world, http)


def test_trouble_with_all_token_requests_meets_the_exchange(
    world: World, http: httpx2.Client
) -> None:
    asking = flow("google", "exchange met")
    code = answer_of(world.oauth.authorize(asking.url()))["code"]

    world.oauth.token_requests(asking.client.id, Trouble.SERVER_ERROR)
    troubled = asking.exchange(http, code)
    world.oauth.recover(asking.client.id)

    assert troubled.status_code == 500
    assert asking.exchange(http, code).status_code == 200


def test_trouble_of_one_client_spares_all_others(world: World, http: httpx2.Client) -> None:
    other = flow("google", "spared")
    tokens = other.connect(world, http)

    world.oauth.refreshes(oauth_client("google", serial="troubled").id, Trouble.SERVER_ERROR)

    assert other.refresh(http, tokens["refresh_token"]).status_code == 200


@every_provider
def test_expired_access_tokens_are_refused_and_refreshed_ones_accepted(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "expired")
    tokens = asking.connect(world, http)

    world.oauth.expire_access_tokens(asking.client.id)
    refreshed = asking.refresh(http, tokens["refresh_token"]).json()

    assert account(http, provider, tokens["access_token"]).status_code == 401
    assert account(http, provider, refreshed["access_token"]).status_code == 200
    assert not world.oauth.revoked(tokens["access_token"])


@every_provider
def test_an_api_can_have_trouble_a_number_of_times(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "api")
    access_token = asking.connect(world, http)["access_token"]

    world.oauth.api_trouble(asking.client.id, status=429, retry_after_s=1, times=2)
    answers = [account(http, provider, access_token) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert [answer.headers.get("retry-after") for answer in answers] == ["1", "1", None]
    assert "error" in answers[0].json()


def test_refreshes_are_counted_apart_from_exchanges(world: World, http: httpx2.Client) -> None:
    asking = flow("google", "counted apart from exchanges")
    tokens = asking.connect(world, http)

    asking.refresh(http, tokens["refresh_token"])
    asking.refresh(http, "wrong")

    assert len(world.oauth.refresh_requests(asking.client.id)) == 2
    assert len(world.requests(path="/token", key=asking.client.id)) == 3


def test_steering_asks_for_a_client_of_this_world(world: World) -> None:
    with pytest.raises(KeyError, match="no client of this world"):
        world.oauth.refreshes("nobody", Trouble.HTML)


# APIs


@pytest.mark.parametrize(
    ("provider", "code"),
    [("google", "UNAUTHENTICATED"), ("microsoft", "InvalidAuthenticationToken")],
)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer never"}])
def test_an_api_refuses_what_it_does_not_know_in_its_own_words(
    http: httpx2.Client, provider: str, code: str, headers: dict[str, str]
) -> None:
    answer = http.get(ACCOUNTS[provider], headers=headers)

    assert answer.status_code == 401
    assert code in answer.json()["error"].values()


@pytest.mark.parametrize("api", sorted({str(httpx2.URL(url).host) for url in OTHERS.values()}))
@pytest.mark.parametrize("status", [302, 307])
def test_an_api_can_lead_elsewhere(http: httpx2.Client, api: str, status: int) -> None:
    elsewhere = {"to": "https://evil.example/?a=b", "status": str(status)}

    answer = http.get(f"https://{api}/redirect", params=elsewhere)

    assert (answer.status_code, answer.headers["location"]) == (status, elsewhere["to"])


def test_an_unknown_tenant_is_refused(http: httpx2.Client) -> None:
    answer = http.get("https://login.microsoftonline.com/no%20tenant/oauth2/v2.0/authorize")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_tenant")


# Client credentials


def test_client_credentials_are_exchanged_for_a_token_that_opens_the_api(
    http: httpx2.Client,
) -> None:
    client = oauth_client("acme", serial="minted")

    token = mint(http, client, audience="things", scope="read write").json()
    named = account(http, "acme", token["access_token"]).json()

    assert (token["audience"], token["scope"]) == ("things", "read write")
    assert "refresh_token" not in token
    assert named["id"].startswith("acct_")


def test_client_credentials_may_travel_in_the_form(http: httpx2.Client) -> None:
    client = oauth_client("acme", serial="posted")
    proof = {"client_id": client.id, "client_secret": client.secret}

    answer = http.post(MINT, data={"grant_type": "client_credentials"} | proof)

    assert (answer.status_code, "audience" in answer.json()) == (200, False)


def test_wrong_client_credentials_are_refused(http: httpx2.Client) -> None:
    answer = mint(http, replace(oauth_client("acme", serial="refused"), secret="wrong"))

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_minting_is_steered_and_counted_like_refreshing(world: World, http: httpx2.Client) -> None:
    client = oauth_client("acme", serial="steered")

    world.oauth.refreshes(client.id, Trouble.SERVER_ERROR)
    troubled = mint(http, client)
    world.oauth.recover(client.id)

    assert [troubled.status_code, mint(http, client).status_code] == [500, 200]
    assert len(world.oauth.refresh_requests(client.id)) == 2


def test_only_its_own_kind_of_grant_is_open_to_a_client(http: httpx2.Client) -> None:
    google, acme = oauth_client("google"), oauth_client("acme")
    asked = {"grant_type": "client_credentials"}

    answers = [
        http.post(TOKENS["google"], data=asked, auth=(google.id, google.secret)),
        http.post(MINT, data={"grant_type": "refresh_token"}, auth=(acme.id, acme.secret)),
        http.post(MINT, data={"grant_type": "password"}, auth=(acme.id, acme.secret)),
    ]

    errors = [answer.json()["error"] for answer in answers]
    assert errors == ["unauthorized_client", "unauthorized_client", "unsupported_grant_type"]


def test_things_can_be_made_and_listed(http: httpx2.Client) -> None:
    token = mint(http, oauth_client("acme", serial="things")).json()["access_token"]

    headers = {"Authorization": f"Bearer {token}"}

    assert http.post(THINGS, json={"name": "Anvil"}, headers=headers).status_code == 201
    assert http.get(THINGS, headers=headers).json()["things"]


# Pages


class Page(HTMLParser):
    """The links, buttons and text of a page."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.buttons: dict[str, dict[str, str]] = {}
        self.text = ""
        self._inside: tuple[str, dict[str, str]] = ("", {})
        self.url = str(answer.url)
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag, {name: value or "" for name, value in attrs}

    def handle_endtag(self, tag: str) -> None:
        self._inside = "", {}

    def handle_data(self, data: str) -> None:
        tag, attributes = self._inside
        if tag == "a":
            self.links[data] = urljoin(self.url, attributes["href"])
        if tag == "button":
            self.buttons[data] = {attributes["name"]: attributes["value"]}
        self.text += data


@every_provider
def test_the_pages_can_be_clicked_through(http: httpx2.Client, provider: str) -> None:
    asking = flow(provider, "clicked")

    accounts = Page(http.get(asking.url()))
    consent = Page(http.get(accounts.links["grace@example.com"]))
    allowed = http.post(consent.url, data=consent.buttons["Allow"])
    tokens = asking.exchange(http, answer_of(allowed.headers["location"])["code"]).json()

    assert sorted(accounts.links) == ["ada@example.com", "grace@example.com"]
    assert allowed.status_code == 302
    assert "grace@example.com" in account(http, provider, tokens["access_token"]).json().values()


@every_provider
def test_the_consent_page_names_account_and_scopes(http: httpx2.Client, provider: str) -> None:
    asking = flow(provider, "named")

    page = Page(http.get(asking.url(scope="openid <b>x</b>", login_hint="ada@example.com")))

    assert sorted(page.buttons) == ["Allow", "Cancel"]
    for text in ("ada@example.com", "openid", "<b>x</b>"):
        assert text in page.text


@every_provider
def test_cancel_leads_back_without_a_code(http: httpx2.Client, provider: str) -> None:
    asking = flow(provider, "cancelled")
    consent = Page(http.get(asking.url(login_hint="ada@example.com")))

    answer = http.post(consent.url, data=consent.buttons["Cancel"])

    assert answer_of(answer.headers["location"])["error"] == "access_denied"


@every_provider
def test_consent_given_once_is_asked_for_again_only_on_demand(
    world: World, http: httpx2.Client, provider: str
) -> None:
    asking = flow(provider, "given once")
    asking.connect(world, http)

    silent = http.get(asking.url(prompt="", login_hint="ada@example.com"))
    demanded = http.get(asking.url(login_hint="ada@example.com"))

    assert "code" in answer_of(silent.headers["location"])
    assert "Allow" in Page(demanded).buttons


def test_the_same_person_is_the_same_account_every_time() -> None:
    ada, again, grace = (Account(email=f"{name}@example.com") for name in ("ada", "ada", "grace"))

    assert (ada.google_id, ada.microsoft_id) == (again.google_id, again.microsoft_id)
    assert ada.google_id != grace.google_id
