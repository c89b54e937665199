"""Cookies go where the product is, and nowhere else on its host."""

from __future__ import annotations

import pytest
from starlette.responses import Response

from integrations_app.http import cookies


def kept(monkeypatch: pytest.MonkeyPatch, public_url: str) -> str:
    """What a browser is told to keep of a session."""
    monkeypatch.setenv("INTEGRATIONS_PUBLIC_URL", public_url)
    response = Response()
    cookies.keep(response, "a-token")
    return response.headers["set-cookie"]


def test_a_session_of_a_whole_host_cannot_be_set_by_a_sibling_domain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cookie = kept(monkeypatch, "https://admin.example.com")

    assert cookie.startswith("__Host-integrations_session=")
    assert "; Path=/;" in cookie


def test_a_session_below_a_path_goes_there_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = kept(monkeypatch, "https://example.com/our/tools/")

    assert cookie.startswith("__Secure-integrations_session_our_tools=")
    assert "; Path=/our/tools;" in cookie
    assert cookies.session_token("__Secure-integrations_session_our_tools=a-token") == "a-token"
