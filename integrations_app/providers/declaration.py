"""Reading a provider's declaration, and refusing one that could not work or could leak.

What a declaration consists of stands in `domain.provider`; here is what its parts must be to
each other.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from integrations_app.domain.provider import Provider
from integrations_app.errors import InvalidDeclaration
from integrations_app.providers import icons, rules


def read(path: Path | Traversable) -> Provider:
    """The provider that a TOML file declares.

    Raises:
        InvalidDeclaration: In one line: the file, the place in it, and what is wrong there.
    """
    source = str(path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidDeclaration(source, f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # neither TOML nor UTF-8
        raise InvalidDeclaration(source, f"is not TOML: {_one_line(str(error))}") from error
    if isinstance(path, Path) and isinstance(icon := data.get("icon"), str):
        data["icon"] = icons.beside(icon, path)
    return parse(data, source=source)


def parse(data: Mapping[str, Any], *, source: str) -> Provider:
    """The provider that the data declares.

    Args:
        data: As a TOML file would give it.
        source: Where it stands, for the message.

    Raises:
        InvalidDeclaration: In one line: the source, the place in it, and what is wrong there.
    """
    try:
        provider = _shape().validate_python(data)
    except ValidationError as error:
        raise InvalidDeclaration(source, "; ".join(_shape_problems(error))) from None
    verify(provider, source=source)
    return provider


def verify(provider: Provider, *, source: str) -> None:
    """Refuse a provider whose parts do not fit each other.

    Raises:
        InvalidDeclaration: In one line, everything that does not fit.
    """
    problems = list(rules.problems_of(provider))
    if problems:
        raise InvalidDeclaration(source, "; ".join(f"{at}: {problem}" for at, problem in problems))


@cache
def _shape() -> TypeAdapter[Provider]:
    return TypeAdapter(Provider)


_WORDS = {"unexpected_keyword_argument": "unknown key", "missing": "is missing"}


def _shape_problems(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_input=False):
        at = ".".join(str(part) for part in problem["loc"]) or "the declaration"
        yield f"{at}: {_WORDS.get(problem['type']) or _one_line(problem['msg'])}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
