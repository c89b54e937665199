"""Every address of the web app, in one place."""

from urllib.parse import urlencode
from uuid import UUID

LISTING = "/admin/settings/integrations"
NEW = f"{LISTING}/new"
EDIT = f"{LISTING}/[uuid]"
MODULES = "/admin/modules"
LOGIN = "/login"
SETUP = "/setup"

CHOSEN = "provider"
"""Parameter of the address of a new connection's form that says of which provider."""

RETURNED = "returned"
"""Parameter of a page's address that says how the way back from a provider ended."""

AI_ENDPOINTS = "/admin/ai/endpoints"
AI_ENDPOINT_NEW = f"{AI_ENDPOINTS}/new"
AI_ENDPOINT_EDIT = f"{AI_ENDPOINTS}/[uuid]"

OAUTH_CALLBACK = "/api/integrations/oauth/callback"


def edit(uuid: UUID | str) -> str:
    """The page of one connection."""
    return f"{LISTING}/{uuid}"


def new(provider: str = "") -> str:
    """The form for a new connection, with its provider chosen or still to choose."""
    return f"{NEW}?{urlencode({CHOSEN: provider})}" if provider else NEW


def returned(uuid: UUID | str | None, outcome: str) -> str:
    """Where somebody goes who comes back from a provider: to the connection, else to the list.

    Args:
        uuid: The connection; None if nobody knows it.
        outcome: How it ended, one of `domain.authorization.Outcome`.
    """
    page = edit(uuid) if uuid else LISTING
    return f"{page}?{urlencode({RETURNED: outcome})}"


def listing(**query: str) -> str:
    """The list, with the parts of the query that say something."""
    told = {key: value for key, value in query.items() if value}
    return f"{LISTING}?{urlencode(told)}" if told else LISTING


def ai_endpoint(uuid: UUID | str) -> str:
    """The page of one AI endpoint."""
    return f"{AI_ENDPOINTS}/{uuid}"


def ai_endpoints(**query: str) -> str:
    """The list of AI endpoints, with the parts of the query that say something."""
    told = {key: value for key, value in query.items() if value}
    return f"{AI_ENDPOINTS}?{urlencode(told)}" if told else AI_ENDPOINTS
