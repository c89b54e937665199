"""What every answer carries."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from integrations_app.http.headers import security_headers


async def page(request: Request) -> Response:
    return HTMLResponse(request.url.scheme)


async def asset(_request: Request) -> Response:
    return PlainTextResponse("")


async def cached(_request: Request) -> Response:
    return HTMLResponse("", headers={"Cache-Control": "no-store"})


@pytest.fixture
def client() -> TestClient:
    paths = ("/login/", "/setup", "/setup/")
    routes = [
        *(Route(path, page) for path in paths),
        Route("/assets/page-1a2b.js", asset),
        Route("/fonts/inter-latin-5.3.0.woff2", asset),
        Route("/mark.svg", asset),
        Route("/cached", cached),
    ]
    return TestClient(security_headers(Starlette(routes=routes)))


@pytest.mark.parametrize("path", ["/login/", "/assets/page-1a2b.js", "/missing"])
def test_every_answer_says_what_a_browser_may_do_with_it(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/setup", "/setup/"])
def test_the_address_of_the_set_up_page_is_told_to_nobody(client: TestClient, path: str) -> None:
    assert client.get(path, params={"token": "x"}).headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/assets/page-1a2b.js", "/fonts/inter-latin-5.3.0.woff2"])
def test_what_is_named_by_its_content_is_kept_for_good(client: TestClient, path: str) -> None:
    kept = client.get(path).headers["cache-control"]

    assert "immutable" in kept
    assert "cache-control" not in client.get("/mark.svg").headers


def test_a_missing_asset_is_not_kept(client: TestClient) -> None:
    assert "cache-control" not in client.get("/assets/gone.js").headers


def test_pages_are_asked_for_anew(client: TestClient) -> None:
    assert client.get("/login/").headers["cache-control"] == "no-cache"


def test_what_an_endpoint_says_of_caching_stands(client: TestClient) -> None:
    assert client.get("/cached").headers["cache-control"] == "no-store"


def test_each_request_has_an_id_of_its_own(client: TestClient) -> None:
    first, second = (client.get("/login/").headers["x-request-id"] for _ in range(2))

    assert first != second


def test_behind_https_browsers_are_told_to_stay_there(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", "https://admin.example.com")

    answer = client.get("/login/")

    assert answer.text == "https"
    assert answer.headers["strict-transport-security"].startswith("max-age=")


def test_a_claimed_scheme_is_not_believed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INTEGRATIONS_PUBLIC_URL", raising=False)

    answer = client.get("/login/", headers={"X-Forwarded-Proto": "https"})

    assert answer.text == "http"
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    "public_url",
    [
        "https://localhost",
        "https://127.0.0.1",
        "https://integrations.localhost",
        "https://admin.example.com:8443",
        "https://example.com/tools",
    ],
)
def test_a_host_that_serves_others_too_is_not_told_to_stay_with_https(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, public_url: str
) -> None:
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", public_url)

    answer = client.get("/login/")

    assert answer.text == "https"
    assert "strict-transport-security" not in answer.headers
