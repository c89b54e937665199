"""Pages at the addresses that people know, without a detour to the same with a slash."""

from starlette.types import ASGIApp, Receive, Scope, Send

from integrations_app import routes


def pages_without_slash(app: ASGIApp) -> ASGIApp:
    """Wrap the app; the built pages are folders, which the static files would redirect to."""
    of_modules = {routes.AI_ENDPOINTS, routes.AI_ENDPOINT_NEW, routes.PROJECTS, routes.PROJECT_NEW}
    pages = {routes.LISTING, routes.NEW, routes.MODULES, routes.LOGIN, routes.SETUP} | of_modules

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in pages:
            path = scope["path"] + "/"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await app(scope, receive, send)

    return wrapped
