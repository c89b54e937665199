"""Credentials of requests to providers, kept in memory for a moment.

Reading and decrypting at every request costs more than is left for it. So what was read stands
for `KEPT_S`; a change by this process is seen at once, one by another within that time.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import IntEnum
from functools import cache
from typing import Any
from uuid import UUID

from integrations_app import forks
from integrations_app.domain.actor import AUTOMATIC
from integrations_app.errors import DestinationNotAllowed, PlacementNotSupported
from integrations_app.providers.placement import Placed, place
from integrations_app.services.changes import facts
from integrations_app.services.credentials import refresh, retrieval
from integrations_app.services.credentials.decryption import DecryptedConnection
from integrations_app.services.credentials.setup_values import ACCESS_TOKEN
from integrations_app.services.requests import renewal_limits

KEPT_S = 1.0
_MOST_KEPT = 1_000


class Attempt(IntEnum):
    """Reason for which a request carries this credential and not another."""

    FIRST = 0
    STORED_SINCE = 1
    RENEWED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A connection's credential, in the places where its provider wants it.

    Attributes:
        uuid: The connection.
        placed: Headers, query parameters and path that carry it.
        in_authorization_header_only: Whether clients that follow redirects by themselves drop the
            credential on the way.
        good_until: When to look again, by `time.monotonic()`.
        attempt: What came before, for this request.
        connection: As it was read, secrets included.
    """

    uuid: UUID
    placed: Placed = field(repr=False)
    in_authorization_header_only: bool
    good_until: float
    attempt: Attempt = Attempt.FIRST
    connection: DecryptedConnection = field(repr=False)
    _hosts: dict[str, bool] = field(repr=False, default_factory=dict)

    def refuse_foreign(self, scheme: str, host: str) -> None:
        """Refuse to let the credential go anywhere but to its provider, over https.

        Raises:
            DestinationNotAllowed: Another scheme, or a host that the provider does not declare.
        """
        is_allowed = self._hosts.get(host)
        if is_allowed is None:
            is_allowed = self.connection.may_be_sent_to(host)
            if len(self._hosts) < _MOST_KEPT:
                self._hosts[host] = is_allowed
        if not is_allowed:
            raise DestinationNotAllowed(host)
        if scheme != "https":
            raise DestinationNotAllowed.not_https(host, scheme=scheme)

    @property
    def token(self) -> str:
        """The access token.

        Raises:
            PlacementNotSupported: The provider gives none.
        """
        if not self.connection.provider.uses_tokens:
            raise PlacementNotSupported(self.provider_title, instead="it gives no access tokens.")
        return self.connection.secrets[ACCESS_TOKEN]

    @property
    def expires_at(self) -> datetime | None:
        """Return when the access token ends; None if nobody knows."""
        return self.connection.token_expires_at

    @property
    def renews_at(self) -> datetime | None:
        """From when on the access token is renewed; None for never."""
        return self.connection.token_refresh_at

    @property
    def scopes(self) -> tuple[str, ...]:
        """Return what the provider's declaration asks for."""
        oauth = self.connection.provider.oauth
        return () if oauth is None else oauth.default_scopes

    @property
    def age(self) -> tuple[int, int]:
        """Return which state of credentials and tokens this is; what is newer has a greater one."""
        return self.connection.credential_revision, self.connection.token_revision

    @property
    def provider_title(self) -> str:
        """The provider, as people know it."""
        return self.connection.provider.title


def kept(uuid: UUID) -> Access | None:
    """Return what was cached a moment ago; None if that is too long ago."""
    access = _kept.get(uuid)
    return access if access is not None and time.monotonic() < access.good_until else None


def current(uuid: UUID) -> Access:
    """Return what is known from a moment ago, else `load`; for callers that had to wait."""
    return kept(uuid) or load(uuid)


def load(uuid: UUID) -> Access:
    """Return what a request carries now; asks the database and, where a token is due, the provider.

    Raises:
        Deleted: No connection has this uuid any more.
        NotConfigured: It has no credentials.
        ProviderNotDeclared: This program does not declare its provider.
        Undecryptable: No key at hand opens its secrets.
        NoRefreshToken: Its token has expired, and there is nothing to renew it with.
        TokenRefreshFailed: Its token has expired, and the provider gives no other.
    """
    _watch_changes()
    generation = _generation
    return _keep(_access(retrieval.usable(uuid)), generation)


def after_refusal(refused: Access, url: Any) -> Access | None:
    """Return what to try once more after the provider answered 401; None if there is nothing else.

    First what was stored meanwhile, by whichever process; then, where there are tokens, a renewed
    one. Either replaces what was remembered.

    Args:
        refused: What the request carried.
        url: Where it went.

    Raises:
        TokenRefreshFailed: The provider gives no other token.
        Deleted: The connection was removed meanwhile.
        NotConfigured: It was disconnected meanwhile.
    """
    _forget_refused(refused)
    if refused.attempt is Attempt.FIRST:
        latest = current(refused.uuid)
        if latest.placed != refused.placed:
            return replace(latest, attempt=Attempt.STORED_SINCE)
        refused = latest
    connection = refused.connection
    may_renew = refused.attempt is not Attempt.RENEWED and connection.provider.uses_tokens
    if not may_renew or not connection.is_renewable or not renewal_limits.allows(connection, url):
        return None
    generation = _generation
    renewed = refresh.renewed(connection, actor=AUTOMATIC)
    renewal_limits.renewed(renewed, url)
    return replace(_keep(_access(renewed), generation), attempt=Attempt.RENEWED)


def forget(uuid: UUID) -> None:
    """Look again at the next request."""
    global _generation  # noqa: PLW0603 - counts what was forgotten, for reads under way meanwhile
    with _changing:
        _generation += 1
        _kept.pop(uuid, None)


def _forget_refused(refused: Access) -> None:
    kept_now = _kept.get(refused.uuid)
    if kept_now is not None and kept_now.placed == refused.placed:
        forget(refused.uuid)


def _access(connection: DecryptedConnection) -> Access:
    stands_s = KEPT_S
    if connection.token_refresh_at is not None:
        left_s = (connection.token_refresh_at - datetime.now(UTC)).total_seconds()
        stands_s = min(stands_s, left_s)  # in the past where a renewal failed: look every time
    if connection.provider.placement.manual:
        instead = "read it with get_credentials()."
        raise PlacementNotSupported(connection.provider.title, instead=instead)
    placed = place(connection.provider, connection.values)
    names = {name.lower() for name in placed.headers}
    return Access(
        uuid=connection.uuid,
        placed=placed,
        in_authorization_header_only=names == {"authorization"}
        and not placed.query
        and not placed.path,
        good_until=time.monotonic() + stands_s,
        connection=connection,
    )


_kept: OrderedDict[UUID, Access] = OrderedDict()
_changing = threading.Lock()
_generation = 0


def _keep(access: Access, generation: int) -> Access:
    """Keep it, unless something was forgotten since it was read, or what is newer is kept."""
    with _changing:
        before = _kept.get(access.uuid)
        if generation == _generation and (before is None or before.age <= access.age):
            _kept[access.uuid] = access
            _kept.move_to_end(access.uuid)
            if len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
    return access


def _after_fork() -> None:
    global _changing  # noqa: PLW0603 - what a thread of the parent held stays held here
    _changing = threading.Lock()
    _kept.clear()


forks.after_in_child(_after_fork)


@cache
def _watch_changes() -> None:
    """Have what this process changes read anew from the commit on."""
    facts.on_change(forget)
