"""JSON that providers answer, read with the types that it can have."""

import json
from typing import TypeAlias, cast

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def parse(body: bytes) -> Json:
    """Return what an answer says; None for one that is no JSON."""
    try:
        return cast("Json", json.loads(body))
    except (ValueError, RecursionError):
        return None


def at(answer: Json, path: str) -> Json:
    """Return what stands at a dotted path; numbers count into lists.

    Raises:
        LookupError: Nothing stands there.
    """
    for step in path.split("."):
        match answer:
            case dict():
                answer = answer[step]
            case list() if step.isdecimal():
                answer = answer[int(step)]
            case _:
                raise LookupError(path)
    return answer
