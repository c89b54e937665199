"""boto3 signs with a connection's keys as they are when it signs, for its provider alone."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from boto3 import Session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from integrations_app import errors, integrations
from tests.api.conftest import Register
from tests.api.providers import Contributing, declared
from tests.api.requests.site import STRANGER, URL, Echo
from tests.postgresql import DatabaseUnderTest
from tests.world import Request, World

FIRST, SECOND = ("AKIAFIRST", "first/secret+0123456789"), ("AKIASECOND", "second/secret+0123456789")
FIELDS = [
    {"key": "access_key_id", "label": "Access key ID", "required": True},
    {"key": "secret_access_key", "label": "Secret", "required": True, "secret": True},
    {"key": "session_token", "label": "Session token", "secret": True},
    {"key": "region", "label": "Region"},
]
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture(autouse=True)
def no_keys_of_its_own(monkeypatch: pytest.MonkeyPatch, outside: World) -> None:
    """What boto3 would find elsewhere; and whose certificates it trusts."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(outside.ca_file))


@pytest.fixture
def aws(db: DatabaseUnderTest, register: Register) -> UUID:
    """A connection with keys of AWS's kind."""
    provider = declared(
        "cloud",
        fields=FIELDS,
        placement={"manual": True},
        allowed_hosts=["api.echo.example", "files.echo.example"],
        check=None,
    )
    register(Contributing(provider, key="cloud"))
    values = {"access_key_id": FIRST[0], "secret_access_key": FIRST[1], "region": "eu-central-1"}
    return integrations.add_connection("cloud", "main", values=values).uuid


def functions(session: Session, url: str = URL) -> Any:
    """A call of a service that speaks JSON."""
    return session.client("lambda", endpoint_url=url, config=ONCE).list_functions()


def is_signed_by(request: Request, keys: tuple[str, str], *, region: str) -> bool:
    """Whether AWS would accept the signature of these keys."""
    told = request.header("authorization") or ""
    found = re.search(r"Credential=([^/]+)/.*SignedHeaders=([^,]+), Signature=(\w+)", told)
    assert found, told
    signed = {name: request.header(name) or "" for name in found[2].split(";")}
    again = AWSRequest("GET", f"{URL}{request.path}", headers=signed)
    again.context["timestamp"] = signed["x-amz-date"]
    signer = SigV4Auth(Credentials(*keys), "lambda", region)
    text = signer.string_to_sign(again, signer.canonical_request(again))
    return (found[1], found[3]) == (keys[0], signer.signature(text, again))


def test_requests_are_signed_with_the_stored_keys(aws: UUID, echo: Echo) -> None:
    functions(integrations.adapters.boto3_session(aws))

    assert is_signed_by(echo.last, FIRST, region="eu-central-1")
    assert not is_signed_by(echo.last, SECOND, region="eu-central-1")


def test_new_keys_sign_the_next_request_of_an_old_client(aws: UUID, echo: Echo) -> None:
    client = integrations.adapters.boto3_session(aws).client("lambda", endpoint_url=URL)
    client.list_functions()
    values = {"access_key_id": SECOND[0], "secret_access_key": SECOND[1], "session_token": "t0k"}
    integrations.update_connection(aws, values=values)

    client.list_functions()

    assert is_signed_by(echo.last, SECOND, region="eu-central-1")
    assert echo.last.header("x-amz-security-token") == "t0k"


def test_another_region_can_be_asked_for(aws: UUID, echo: Echo) -> None:
    functions(integrations.adapters.boto3_session(aws, region_name="us-east-2"))

    assert is_signed_by(echo.last, FIRST, region="us-east-2")


@pytest.mark.parametrize("url", [f"https://{STRANGER}", "http://api.echo.example"])
def test_nothing_signed_goes_elsewhere(aws: UUID, echo: Echo, outside: World, url: str) -> None:
    before = len(outside.requests())

    with pytest.raises(errors.DestinationNotAllowed):
        functions(integrations.adapters.boto3_session(aws), url)

    assert len(outside.requests()) == before


def test_keys_that_are_gone_sign_nothing(aws: UUID, echo: Echo) -> None:
    session = integrations.adapters.boto3_session(aws)
    integrations.disconnect(aws)

    with pytest.raises(errors.NotConfigured):
        functions(session)

    assert echo.seen == []


def test_a_provider_without_such_keys_is_refused_in_words(db: DatabaseUnderTest) -> None:
    added = integrations.add_connection("mistral", "main", values={"api_key": "abc"})

    with pytest.raises(errors.PlacementNotSupported, match="access_key_id"):
        integrations.adapters.boto3_session(added.uuid)


def test_nothing_shows_the_secret(aws: UUID) -> None:
    session = integrations.adapters.boto3_session(aws)
    credentials = session.get_credentials()

    assert FIRST[1] not in repr((session, credentials, vars(session)))
