"""Logos that packages bring, as pages load them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from integrations_app import routes
from integrations_app.state.views import icon_of
from tests.api.conftest import Register, register
from tests.api.providers import Contributing, declared

__all__ = ["register"]

Browser = Callable[..., TestClient]

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "acme.svg").write_bytes(DRAWING)
    return tmp_path / "acme.svg"


def test_a_package_brings_a_logo(browser: Browser, register: Register, file: Path) -> None:
    acme = declared("acme", icon=str(file))
    register(Contributing(acme))

    answer = browser().get(icon_of(acme))

    assert (answer.status_code, answer.content) == (200, DRAWING)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_logo_that_is_opened_as_a_page_runs_nothing(
    browser: Browser, register: Register, file: Path
) -> None:
    register(Contributing(declared("acme", icon=str(file))))

    policy = browser().get(routes.brought_icon("acme")).headers["content-security-policy"]

    assert "sandbox" in policy.split("; ")
    assert "default-src 'none'" in policy
    assert "script" not in policy


@pytest.mark.parametrize("provider", ["nobody", "..", "a%2Fb", "%00"])
def test_without_such_a_provider_there_is_no_logo(browser: Browser, provider: str) -> None:
    assert browser().get(f"{routes.ICONS}/{provider}").status_code == 404


def test_a_logo_that_is_gone_is_not_found(browser: Browser, register: Register, file: Path) -> None:
    register(Contributing(declared("acme", icon=str(file))))
    file.unlink()

    assert browser().get(routes.brought_icon("acme")).status_code == 404
