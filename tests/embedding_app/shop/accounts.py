"""The shop's own sign-in: a cookie, and a row for each signed-in browser."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from integrations_app.embedding import HostAdmin, session_ended
from shop.storage import engine, sessions

COOKIE = "shop_session"
LIFETIME = timedelta(hours=8)


def signed_in(headers: Mapping[str, str]) -> sa.Row | None:
    """The session of the browser that sent these headers."""
    token = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    known = sa.select(sessions).where(
        sessions.c.token == token, sessions.c.expires_at > sa.func.now()
    )
    with engine().connect() as connection:
        return connection.execute(known).first()


def signed_in_admin(headers: Mapping[str, str]) -> HostAdmin | None:
    """What integrations ask: who is it, and may they manage connections?"""
    row = signed_in(headers)
    if row is None or not row.is_admin:
        return None
    return HostAdmin(
        id=f"shop:{row.email}", label=row.email, session=row.token, expires_at=row.expires_at
    )


async def sign_in(request: Request) -> Response:
    """Anyone is who they say they are; whoever is called admin is one."""
    email = (await request.form())["email"]
    token = secrets.token_urlsafe()
    row = {
        "token": token,
        "email": email,
        "is_admin": email.startswith("admin"),
        "expires_at": datetime.now(UTC) + LIFETIME,
    }
    await run_in_threadpool(_write, sessions.insert().values(row))
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax")
    return response


async def sign_out(request: Request) -> Response:
    """End the session here, and what integrations show in it."""
    token = request.cookies.get(COOKIE, "")
    await run_in_threadpool(_write, sessions.delete().where(sessions.c.token == token))
    await run_in_threadpool(session_ended)
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE)
    return response


def _write(statement: sa.Executable) -> None:
    with engine().begin() as connection:
        connection.execute(statement)


ROUTES = [
    Route("/api/shop/sign-in", sign_in, methods=["POST"]),
    Route("/api/shop/sign-out", sign_out, methods=["GET"]),
]
