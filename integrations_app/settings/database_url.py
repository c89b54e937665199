"""The address of a PostgreSQL, read as libpq reads it; no message repeats any of its parts."""

import re

import psycopg
from psycopg.conninfo import conninfo_to_dict

from integrations_app.errors import InvalidSetting
from integrations_app.errors.base import shown

_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_EXAMPLE = "must be like postgresql://user@host:5432/name"
_ENCODE = (
    "special characters of a user, password or name have to be encoded: "
    "% as %25, @ as %40, / as %2F"
)
_LAST_PORT = 65_535
_UNKNOWN = re.compile(r'invalid URI query parameter: "([^"]*)"')
_PARAMETER = re.compile(r"[a-z_]{1,30}")  # as libpq's are; anything else may be a secret
_MISREAD = ("percent-encoded", "separator", "unexpected character")


def parse(name: str, text: str) -> str | None:
    """Return an address that can be used; None for none.

    Args:
        name: The variable in which it stands, for messages.
        text: What stands there.

    Raises:
        InvalidSetting: It is no address of a PostgreSQL.
    """
    if not text:
        return None
    parameters(text, name=name)
    return text


def parameters(url: str, *, name: str = "DATABASE_URL") -> dict[str, str]:
    """Return what an address says, by libpq's keywords; several hosts are joined by commas.

    Args:
        url: The address.
        name: The variable in which it stands, for messages.

    Raises:
        InvalidSetting: It is no address of a PostgreSQL.
    """
    scheme, separator, rest = url.partition("://")
    if scheme not in _SCHEMES or not separator:
        raise InvalidSetting(name, _EXAMPLE)
    if _is_cut_wrongly(rest):
        raise InvalidSetting(name, _ENCODE)
    known, refusal = _read(rest)
    if refusal:  # not raised from the driver's error, which quotes the password
        raise InvalidSetting(name, _in_words(refusal, rest))
    if not all(map(_is_port, known.get("port", "").split(","))):
        raise InvalidSetting(name, _EXAMPLE)
    return known


def place(known: dict[str, str]) -> str:
    """Say where an address leads, without a password.

    Args:
        known: What `parameters` gives.
    """
    hosts = (known.get("host") or known.get("hostaddr") or "").split(",")
    ports = known.get("port", "").split(",")
    ports += (len(hosts) - len(ports)) * ports[:1]
    named = [
        f"{host or 'the local socket'}{f':{port}' if port else ''}"
        for host, port in zip(hosts, ports, strict=False)
    ]
    return f"database {known.get('dbname') or known.get('user') or ''} on {', '.join(named)}"


def _is_cut_wrongly(rest: str) -> bool:
    """Tell whether libpq would take a piece of a password for a host, or for a name.

    It ends the user and the password at the first `@`, and takes them for none where a `/` comes
    before it: then another `@` follows.
    """
    first = re.search(r"[@/]", rest)
    end = first.end() if first else 0
    return "@" in rest[end:].partition("?")[0]


def _read(rest: str) -> tuple[dict[str, str], str]:
    try:
        known = conninfo_to_dict(f"postgresql://{rest}")
    except psycopg.ProgrammingError as error:
        return {}, str(error)
    return {key: str(value) for key, value in known.items()}, ""


def _in_words(refusal: str, rest: str) -> str:
    unknown = _UNKNOWN.match(refusal)
    _, _, query = rest.partition("?")
    if "@" in query or any(mark in refusal for mark in _MISREAD):  # it was cut within a password
        return _ENCODE
    if unknown is None:
        return _EXAMPLE
    named = f": {shown(unknown[1])}" if _PARAMETER.fullmatch(unknown[1]) else ""
    return f"has a parameter that PostgreSQL does not know{named}"


def _is_port(text: str) -> bool:
    fits = text.isascii() and text.isdecimal() and len(text) <= len(str(_LAST_PORT))
    return not text or (fits and 1 <= int(text) <= _LAST_PORT)
