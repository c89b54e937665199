"""Plain HTTP endpoints of the app, beside the pages.

`rx.App(api_transformer=http.transformers())` puts it in place.
"""

from collections.abc import Callable, Collection, Sequence

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from integrations_app.http import health, icons, metrics, oauth_callback, reach, sign_in
from integrations_app.http.access_log import journal
from integrations_app.http.addresses import without_slash
from integrations_app.http.base_path import below_base_path
from integrations_app.http.bodies import bounded_bodies
from integrations_app.http.headers import security_headers


def transformers(
    *more: Sequence[Route], pages: Collection[str] = ()
) -> list[Starlette | Callable[[ASGIApp], ASGIApp]]:
    """The endpoints, and around them and the pages what every answer carries.

    Args:
        more: Endpoints of features.
        pages: Paths of the pages that have one address each.
    """
    of_people = [*sign_in.ROUTES, *oauth_callback.ROUTES, *(each for part in more for each in part)]
    of_programs = [*icons.ROUTES, *health.ROUTES, *metrics.ROUTES]
    endpoints = Starlette(routes=[*of_people, reach.route(), *of_programs])
    return [
        endpoints,
        without_slash(pages),
        bounded_bodies,
        reach.foreign_origins_logged,
        journal,
        security_headers,
        below_base_path,
    ]
