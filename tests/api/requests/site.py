"""A service with an API key, at several hosts, that does as its requests ask."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from urllib.parse import parse_qs

from tests.world import Request
from tests.world.messages import Answer, Reply, Site

API, FILES = "api.echo.example", "files.echo.example"
STRANGER = "stranger.example"
"""A host of the service that its provider does not declare."""

URL = f"https://{API}"
BIG = b"0123456789abcdef" * 65_536


class Echo:
    """Answers with what arrived, unless the path asks for something else.

    `/redirect?to=URL&status=308` leads there; `/busy?status=503&retry_after=1&times=2` is busy so
    many times; `/gate` lets in who carries one of `accepted`; `/big` has a megabyte.
    """

    def __init__(self) -> None:
        self.seen: list[Request] = []
        self.accepted: set[str] = set()
        self.on_refusal: Callable[[], object] = lambda: None
        self._busy: dict[str, int] = {}
        self._looking = threading.Lock()

    @property
    def site(self) -> Site:
        return Site(hosts=(API, FILES, STRANGER), answer=self.answer)

    @property
    def last(self) -> Request:
        return self.seen[-1]

    def at(self, path: str) -> list[Request]:
        """The requests so far whose path ends like this."""
        return [request for request in self.seen if request.path.endswith(path)]

    def answer(self, request: Request) -> Answer:
        self.seen.append(request)
        asked = {name: values[0] for name, values in parse_qs(request.query).items()}
        match request.path.rpartition("/")[2]:
            case "redirect":
                headers = (("location", asked["to"]),)
                return Reply(status=int(asked.get("status", "302")), headers=headers)
            case "busy":
                return self._busy_answer(request, asked)
            case "gate" if not any(request.carries(key) for key in self.accepted):
                self.on_refusal()
                return Reply.of_json({"error": "who are you?"}, status=401)
            case "big":
                return Reply(body=BIG)
            case _:
                return _echo(request)

    def _busy_answer(self, request: Request, asked: dict[str, str]) -> Reply:
        with self._looking:
            count = self._busy[request.query] = self._busy.get(request.query, 0) + 1
        if count > int(asked.get("times", "1")):
            return _echo(request)
        retry_after = asked.get("retry_after")
        headers = (("retry-after", retry_after),) if retry_after is not None else ()
        return Reply(status=int(asked.get("status", "429")), headers=headers)


def _echo(request: Request) -> Reply:
    return Reply.of_json({"path": request.path, "body": len(request.body)})


def busy(**asked: object) -> str:
    """The address that is busy as asked."""
    return f"{URL}/busy?" + "&".join(f"{name}={value}" for name, value in asked.items())


def redirect(to: str, *, status: int = 302, host: str = API) -> str:
    """The address that leads elsewhere."""
    return f"https://{host}/redirect?to={to}&status={status}"


def body_of(request: Request) -> object:
    """What a request brought along as JSON."""
    return json.loads(request.body)
