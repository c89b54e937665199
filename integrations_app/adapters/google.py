"""An OAuth2 connection for Google's libraries, by google-auth."""

from collections.abc import MutableMapping
from datetime import UTC
from typing import Any
from uuid import UUID

import httpx2
from google.auth import credentials

from integrations_app.services.requests import credential_cache, flow
from integrations_app.services.requests.credential_cache import Access
from integrations_app.services.requests.headers import refuse_elsewhere

_SUCCESS = 200


class ConnectionCredentials(credentials.Credentials):
    """Credentials whose token is the connection's, whoever renews it.

    Args:
        uuid: Whose token requests carry.
    """

    def __init__(self, uuid: UUID) -> None:
        super().__init__()
        self._uuid = uuid
        self._found: Access | None = None
        self._url = httpx2.URL("")
        self._is_refused = True

    def refresh(self, request: Any) -> None:
        """Take the token that is stored; where the present one was refused, another.

        Args:
            request: Not used: tokens are renewed as the provider's declaration says.

        Raises:
            Unauthorized: The provider refuses the token, and there is no other.
            IntegrationError: There is none to be had; see `access.load`.
        """
        refused = self._found if self.valid else None
        self._is_refused = True
        if refused is None:
            self._take(credential_cache.current(self._uuid))
        else:
            self._take(flow.complete(flow.after_refusal(refused, self._url, repeatable=True)))

    def before_request(
        self, request: Any, method: str, url: str, headers: MutableMapping[str, str]
    ) -> None:
        """Put the token on a request to the provider.

        Raises:
            DestinationNotAllowed: The request goes elsewhere.
            IntegrationError: There is no token to be had; see `access.load`.
        """
        found = credential_cache.current(self._uuid)
        refuse_elsewhere(found, url)
        if self._found is not None and not self._is_refused:
            # Libraries ask for another token after a 401, so none was refused meanwhile.
            flow.note_answer(self._found, self._url, _SUCCESS)
        self._take(found)
        self._url, self._is_refused = httpx2.URL(url), False
        self.apply(headers, token=found.token)

    def _take(self, found: Access) -> None:
        expires_at = found.expires_at
        self.token = found.token
        self.expiry = expires_at and expires_at.astimezone(UTC).replace(tzinfo=None)
        self._found = found
