"""Every address of the web app, in one place.

Another app that embeds the pages moves them with `embed`, before any is drawn; so these are read
where they are used, not on import.
"""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

LISTING = "/admin/settings/integrations"
NEW = f"{LISTING}/new"
EDIT = f"{LISTING}/[integrations_uuid]"
MODULES = "/admin/modules"
LOGIN = "/login"
SETUP = "/setup"
SIGN_OUT: str | None = None
"""A page or endpoint of another app; our own is asked by a script."""

HOME = "/"
"""Where another app begins, of which our pages are a part."""

BASE = ""
"""Path of the host below which browsers see all pages; what is linked within the app has it not."""

API_BASE = ""
"""The same for endpoints."""

ASSETS = ""
"""What stands before the names of our own files, behind `BASE`."""

HOSTS_ASSETS = "/integrations"
"""The same in another app, beside its own files."""

CHOSEN = "provider"
"""Parameter of the address of a new connection's form that says of which provider."""

RETURNED = "returned"
"""Parameter of a page's address that says how the way back from a provider ended."""

AI_ENDPOINTS = "/admin/ai/endpoints"
AI_ENDPOINT_NEW = f"{AI_ENDPOINTS}/new"
AI_ENDPOINT_EDIT = f"{AI_ENDPOINTS}/[uuid]"
AI_ENDPOINT_OLD_KEY = "/api/ai/endpoints/old-key"

PROJECTS = "/admin/projects"
PROJECT_NEW = f"{PROJECTS}/new"
PROJECT_EDIT = f"{PROJECTS}/[uuid]"

KIND, TEMPLATES = "kind", "templates"
"""Parameter of the addresses of projects that says that templates are meant, and how."""

FROM_TEMPLATE = "template"
"""Parameter of a new project's address that says which template it begins with."""

ICONS = "/api/integrations/icons"
"""Where logos that packages bring are, each by its provider."""

FORMS = "/api/integrations/forms"
"""Where forms that carry secrets are sent, each by its action."""

OAUTH_CALLBACK = "/api/integrations/oauth/callback"

OWN_PATHS = ("admin", "api", "assets", "external", "login", "providers", "setup", "_event")
"""First parts of addresses that a path of the host could be taken for."""

_embedded = False
_has_layout = False


def place(*, base: str, api_base: str) -> None:
    """Say below which path of their host browsers see the pages, before any is drawn.

    Args:
        base: Such as `/tools`; empty for none.
        api_base: The same for endpoints.
    """
    global BASE, API_BASE
    BASE, API_BASE = base.rstrip("/"), api_base.rstrip("/")


def embed(
    *, prefix: str, home: str, sign_in: str, sign_out: str | None, has_layout: bool = False
) -> None:
    """Move the pages into another app; the same for the whole life of a process.

    Args:
        prefix: Where the list is; the other pages stand below it.
        home: Where the app begins.
        sign_in: The app's own page for whoever is not signed in.
        sign_out: Where people sign out of it; None if our pages do not say.
        has_layout: Whether it puts its own navigation around them.
    """
    global LISTING, NEW, EDIT, HOME, LOGIN, SIGN_OUT, ASSETS, _embedded, _has_layout
    LISTING, NEW, EDIT = prefix, f"{prefix}/new", f"{prefix}/[integrations_uuid]"
    HOME, LOGIN, SIGN_OUT = home, sign_in, sign_out
    ASSETS, _embedded, _has_layout = HOSTS_ASSETS, True, has_layout


def is_embedded() -> bool:
    """Return whether the pages are another app's."""
    return _embedded


def has_layout() -> bool:
    """Return whether another app puts its own navigation around the pages."""
    return _has_layout


def is_for_anyone(path: str) -> bool:
    """Return whether the page of this path is none of an admin's: whoever is there may stay."""
    path = within(path).rstrip("/")
    if _embedded:
        return path != LISTING and not path.startswith(f"{LISTING}/")
    return path in (LOGIN, SETUP)


def within(path: str) -> str:
    """The path of a page without that of the host."""
    return path.removeprefix(BASE) if f"{path}/".startswith(f"{BASE}/") else path


def loaded(page: str) -> str:
    """The address of a page for whoever loads it anew, past the router of the pages."""
    return f"{BASE}{page}"


def endpoint(path: str) -> str:
    """The address of an endpoint as browsers see it."""
    return f"{API_BASE}{path}"


def asset(name: str) -> str:
    """The address of a file of ours, such as `mark.svg`."""
    return f"{BASE}{ASSETS}/{name}"


def brought_icon(provider: str) -> str:
    """The address of the logo that a package brings for a provider."""
    return endpoint(f"{ICONS}/{provider}")


def edit(uuid: UUID | str) -> str:
    """The page of one connection."""
    return f"{LISTING}/{uuid}"


def new(provider: str = "") -> str:
    """The form for a new connection, with its provider chosen or still to choose."""
    return f"{NEW}?{urlencode({CHOSEN: provider})}" if provider else NEW


def returned(uuid: UUID | str | None, outcome: str) -> str:
    """Return the page after the return from a provider: the connection's, else the list.

    Args:
        uuid: The connection; None if nobody knows it.
        outcome: How it ended, one of `domain.authorization.Outcome`.
    """
    page = edit(uuid) if uuid else LISTING
    return f"{page}?{urlencode({RETURNED: outcome})}"


def sign_in_after_return() -> str:
    """Return where somebody signs in who came back from a provider and is signed in no more."""
    return LOGIN if _embedded else f"{LOGIN}?{RETURNED}="


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


def projects(*, templates: bool = False, **query: str) -> str:
    """The list of projects, or of templates."""
    told = {KIND: TEMPLATES if templates else "", **query}
    return _with_query(PROJECTS, told)


def new_project(*, template: bool = False) -> str:
    """The form for a new project, or a new template."""
    return _with_query(PROJECT_NEW, {KIND: TEMPLATES if template else ""})


def _with_query(page: str, told: Mapping[str, str]) -> str:
    query = urlencode({key: value for key, value in told.items() if value})
    return f"{page}?{query}" if query else page
