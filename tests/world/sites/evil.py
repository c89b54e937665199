"""Somebody else's host, where redirects lead: it takes what it gets and answers politely."""

from __future__ import annotations

from ..messages import Answer, Reply, Request, Site


def site() -> Site:
    """The host that no credential may ever reach."""
    return Site(hosts=("evil.example",), answer=answer)


def answer(request: Request) -> Answer:
    """Answer anything with 200, as if all were well."""
    return Reply.of_json({"data": "thank you"})
