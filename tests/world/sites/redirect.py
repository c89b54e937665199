"""An address at each API that leads wherever one likes."""

from __future__ import annotations

from urllib.parse import parse_qs

from ..messages import Reply, Request

KEEPING_METHOD = "307"


def redirect(request: Request) -> Reply | None:
    """Answer `/redirect?to=URL` with 302, or 307 for `&status=307`; None at another address."""
    asked = parse_qs(request.query)
    if request.path != "/redirect" or "to" not in asked:
        return None
    status = 307 if asked.get("status") == [KEEPING_METHOD] else 302
    return Reply(status=status, headers=(("location", asked["to"][0]),))
