"""Logos that packages bring; our own are among the built files."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integrations_app import routes
from integrations_app.providers import icons
from integrations_app.services import catalogue

_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
# Opened by itself, a drawing may be more than a drawing.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=3600",
}


def icon(request: Request) -> Response:
    """Answer with the logo of a provider; called in a thread, since it reads a file."""
    provider = catalogue.find(request.path_params["provider"])
    if provider is None or provider.icon is None:
        return Response(status_code=404)
    file = icons.file_of(provider.icon)
    try:
        return Response(file.read_bytes(), media_type=_TYPES[file.suffix], headers=_HEADERS)
    except OSError:
        return Response(status_code=404)


ROUTES = [Route(f"{routes.ICONS}/{{provider}}", icon, methods=["GET"])]
