"""AWS keys for boto3, which signs with them and sends none of them but the public one."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from boto3 import Session
from botocore.credentials import (
    CredentialProvider,
    CredentialResolver,
    Credentials,
    ReadOnlyCredentials,
)
from botocore.session import Session as CoreSession

from integrations_app.errors import DestinationNotAllowed, PlacementNotSupported
from integrations_app.services.credentials import retrieval
from integrations_app.services.credentials.decryption import DecryptedConnection

ACCESS_KEY, SECRET_KEY, TOKEN, REGION = (
    "access_key_id",
    "secret_access_key",
    "session_token",
    "region",
)
"""Fields of a declaration that hold what AWS calls so; the last two may be missing."""

_METHOD = "integrations"


def session(uuid: UUID, *, region_name: str | None) -> Session:
    """A session that signs with what is stored as it signs."""
    core = CoreSession()
    core.register_component("credential_provider", CredentialResolver([_Provider(uuid)]))
    core.register("before-send", _Guard(uuid))
    region = region_name or _keys(uuid).values.get(REGION) or None
    return Session(botocore_session=core, region_name=region)


class ConnectionCredentials(Credentials):
    """Keys that are looked up each time they are used.

    Args:
        uuid: Whose keys requests are signed with.
    """

    def __init__(self, uuid: UUID) -> None:
        self._uuid = uuid
        self.method = _METHOD
        self.account_id = None

    @property
    def access_key(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The public half."""
        return self.get_frozen_credentials().access_key

    @property
    def secret_key(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The secret half."""
        return self.get_frozen_credentials().secret_key

    @property
    def token(self) -> str | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Return what goes with keys that end."""
        return self.get_frozen_credentials().token

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """All of them, as they belong together.

        Raises:
            PlacementNotSupported: The provider declares no such keys.
            IntegrationError: There are none to be had; see `credentials.usable`.
        """
        values = _keys(self._uuid).values
        return ReadOnlyCredentials(
            values[ACCESS_KEY], values[SECRET_KEY], values.get(TOKEN) or None, None
        )


class _Provider(CredentialProvider):
    METHOD = CANONICAL_NAME = _METHOD

    def __init__(self, uuid: UUID) -> None:
        super().__init__()
        self._uuid = uuid

    def load(self) -> Any:
        return ConnectionCredentials(self._uuid)


class _Guard:
    """Lets no signed request go to a host that the provider does not declare."""

    def __init__(self, uuid: UUID) -> None:
        self._uuid = uuid

    def __call__(self, request: Any, **_told: Any) -> None:
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        found = retrieval.usable(self._uuid)
        if not found.may_be_sent_to(host):
            raise DestinationNotAllowed(host)
        if parts.scheme != "https":
            raise DestinationNotAllowed.not_https(host, scheme=parts.scheme)


def _keys(uuid: UUID) -> DecryptedConnection:
    found = retrieval.usable(uuid)
    if not {ACCESS_KEY, SECRET_KEY} <= found.values.keys():
        instead = f"it has no fields {ACCESS_KEY} and {SECRET_KEY}."
        raise PlacementNotSupported(found.provider.title, instead=instead)
    return found
