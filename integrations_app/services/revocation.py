"""Making tokens worthless at their provider, as far as it goes along."""

import logging

from integrations_app.domain.provider import Provider
from integrations_app.errors import IntegrationError
from integrations_app.providers import hosts
from integrations_app.providers.oauth import requests
from integrations_app.security import egress
from integrations_app.services.opening import Opened, opened
from integrations_app.services.references import parse_uuid
from integrations_app.services.setup import ACCESS_TOKEN, REFRESH_TOKEN
from integrations_app.storage import queries
from integrations_app.storage.engine import database

logger = logging.getLogger(__name__)

_DEADLINE_S = 5.0


def tokens_of(uuid: object) -> Opened | None:
    """What has to be known to revoke a connection's tokens once they are no longer stored.

    Returns:
        None if there is nothing to revoke, nowhere to do it, or no key that opens it; or if
        another connection lives by the same grant, which revoking would end, too.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        DatabaseUnavailable: The database cannot be reached.
    """
    parsed = parse_uuid(uuid)
    try:
        found = opened(parsed)
    except IntegrationError as error:
        if error.code == "database_unavailable":
            raise
        return None
    if found is None or not _is_revocable(found.provider) or ACCESS_TOKEN not in found.secrets:
        return None
    shares = database().fetch(queries.shares_grant, {"uuid": parsed})
    return None if shares else found


def revoke(found: Opened) -> bool | None:
    """Ask the provider to forget the tokens; whatever it answers, the caller goes on.

    Returns:
        Whether it has confirmed that; None if there was nothing to ask.
    """
    provider, oauth = found.provider, found.provider.oauth
    hint = REFRESH_TOKEN if REFRESH_TOKEN in found.secrets else ACCESS_TOKEN
    if oauth is None:
        return None
    try:
        token = found.secrets[hint]
        sent = requests.revoke(provider, oauth, found.values, token=token, hint=hint)
        if sent is None:
            return None
        answer = egress.send(
            "POST",
            sent.url,
            headers=sent.headers,
            body=sent.body,
            allowed=lambda host: hosts.allowed(provider, found.opened, host),
            deadline_s=_DEADLINE_S,
        )
    except (egress.EgressFailed, IntegrationError) as error:
        logger.warning(
            "%s did not revoke the tokens of connection %s: %s",
            provider.title,
            found.uuid,
            type(error).__name__,
        )
        return False
    if answer.status >= 400:  # noqa: PLR2004 - HTTP's errors
        logger.warning(
            "%s did not revoke the tokens of connection %s: HTTP %s",
            provider.title,
            found.uuid,
            answer.status,
        )
        return False
    return True


def _is_revocable(provider: Provider) -> bool:
    return provider.oauth is not None and provider.oauth.revoke_url is not None
