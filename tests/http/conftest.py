"""The endpoints as a browser reaches them, without the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from integrations_app.domain.actor import Actor, Origin
from integrations_app.domain.admin import Admin
from integrations_app.http import transformers
from integrations_app.services.identity import sessions
from tests import people
from tests.postgresql import DatabaseUnderTest

EMAIL = "ada@example.com"
PASSWORD = "correct horse battery"
ORIGIN = "http://localhost:3000"
COOKIE = "integrations_session_3000"
OPERATOR = Actor(kind="system", id="tests", label="system:tests", origin=Origin.CLI)


@pytest.fixture
def ada(db: DatabaseUnderTest) -> Admin:
    return people.add_admin(EMAIL, PASSWORD)


@pytest.fixture
def browser(db: DatabaseUnderTest, request: pytest.FixtureRequest) -> Callable[..., TestClient]:
    """Opens a browser that is at an origin; attempts are counted by its address."""

    def open_at(origin: str = ORIGIN, *, address: str | None = None) -> TestClient:
        app, *wrappers = transformers()
        for wrap in wrappers:
            app = wrap(app)  # pyright: ignore[reportArgumentType, reportCallIssue]
        return TestClient(
            app,  # pyright: ignore[reportArgumentType]
            base_url=origin,
            headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"},
            client=(address or f"client of {request.node.name}", 1),
        )

    return open_at


@pytest.fixture
def token(ada: Admin) -> str:
    """The session of Ada's browser."""
    return sessions.open_for(ada)


@pytest.fixture
def hers(browser: Callable[..., TestClient], token: str) -> TestClient:
    """Ada's browser; it follows no redirects."""
    opened = browser()
    opened.follow_redirects = False
    opened.cookies.set(COOKIE, token)
    return opened
