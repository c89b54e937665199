"""What is within knows nothing of the path of the host below which browsers see it."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from integrations_app.http.base_path import below_base_path


async def show(request: Request) -> Response:
    return PlainTextResponse(request.url.path)


async def lead(request: Request) -> Response:
    return RedirectResponse(request.query_params["to"])


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", "https://example.com/tools/")
    routes = [Route("/", show), Route("/lead", lead), Route("/{rest:path}", show)]
    return TestClient(below_base_path(Starlette(routes=routes)), follow_redirects=False)


@pytest.mark.parametrize(
    ("asked", "within"),
    [
        ("/tools/login", "/login"),
        ("/tools/", "/"),
        ("/tools", "/"),
        ("/login", "/login"),
        ("/toolsmith", "/toolsmith"),
        ("/tools/a%20b", "/a b"),
    ],
)
def test_the_path_is_left_out_whether_or_not_the_proxy_has_stripped_it(
    client: TestClient, asked: str, within: str
) -> None:
    assert client.get(asked).text == within


@pytest.mark.parametrize(
    ("leads", "to"),
    [
        ("/login", "/tools/login"),
        ("/tools/login?a=b", "/tools/login?a=b"),
        ("http://testserver/login/", "http://testserver/tools/login/"),
        ("https://provider.example/authorize", "https://provider.example/authorize"),
        ("//provider.example/authorize", "//provider.example/authorize"),
    ],
)
def test_redirects_lead_below_it(client: TestClient, leads: str, to: str) -> None:
    answer = client.get("/tools/lead", params={"to": leads})

    assert answer.headers["location"] == to


def test_without_a_path_nothing_is_changed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", "https://example.com")

    assert client.get("/tools/login").text == "/tools/login"
    assert client.get("/lead", params={"to": "/login"}).headers["location"] == "/login"
