"""Pages at the addresses that people know, without a detour to the same with a slash."""

from collections.abc import Callable, Collection

from starlette.types import ASGIApp, Receive, Scope, Send


def without_slash(pages: Collection[str]) -> Callable[[ASGIApp], ASGIApp]:
    """Return what wraps the app; built pages are folders, which static files would redirect to.

    Args:
        pages: Their paths.
    """
    paths = frozenset(pages) - {"/"}

    def around(app: ASGIApp) -> ASGIApp:
        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"] in paths:
                path = scope["path"] + "/"
                scope = {**scope, "path": path, "raw_path": path.encode()}
            await app(scope, receive, send)

        return wrapped

    return around
