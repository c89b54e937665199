"""Packages that nobody installed are named; those that nobody asked for are not imported."""

from __future__ import annotations

import sys
from uuid import uuid4

import pytest

from integrations_app import adapters, errors

MISSING = {
    "requests_auth": ("requests", "requests"),
    "aiohttp_middleware": ("aiohttp", "aiohttp"),
    "google_credentials": ("google", "google-auth"),
    "azure_credential": ("azure", "azure-core"),
    "azure_async_credential": ("azure", "azure-core"),
    "boto3_session": ("boto3", "boto3"),
}


@pytest.mark.parametrize("name", MISSING)
def test_a_package_that_is_missing_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, package = MISSING[name]
    for each in [each for each in sys.modules if each.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, each)
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, f"integrations_app.adapters.{module}", raising=False)

    with pytest.raises(errors.PackageMissing) as caught:
        getattr(adapters, name)(uuid4())

    assert isinstance(caught.value, ImportError)
    assert str(caught.value) == f"The package {package} is not installed: pip install {package}"


def test_a_package_that_lacks_one_itself_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in [each for each in sys.modules if each.partition(".")[0] == "requests"]:
        monkeypatch.delitem(sys.modules, each)
    monkeypatch.delitem(sys.modules, "integrations_app.adapters.requests", raising=False)
    monkeypatch.setitem(sys.modules, "urllib3", None)

    with pytest.raises(ModuleNotFoundError, match="urllib3"):
        adapters.requests_auth(uuid4())


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.parametrize("uuid", ["mistral:main", "", 7])
def test_a_connection_is_named_by_its_uuid(name: str, uuid: object) -> None:
    with pytest.raises(errors.InvalidUuid):
        getattr(adapters, name)(uuid)
