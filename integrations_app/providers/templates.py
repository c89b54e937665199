"""Filling `{placeholders}`, so that a value can never be more than a value.

Values come from the connection, else from the field's default. In an address they are
percent-encoded; only a base address that stands at the very start goes in as it is.
"""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from integrations_app.domain.provider import Provider
from integrations_app.errors import FieldProblem, InvalidFields, MissingPlaceholder
from integrations_app.providers.addresses import host_of

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
HOST_PART = re.compile(r"(?:https?://)?[^/?#]*")

_IN_A_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_DOTS = re.compile(r"\.+")
_CONTROL_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def placeholders(template: str) -> tuple[str, ...]:
    """Names of the placeholders, each once, in their order."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(template)))


def value_of(name: str, values: Mapping[str, str], provider: Provider) -> str | None:
    """The value of a placeholder, else the default of its field, else None; never empty."""
    field = provider.setup_field(name)
    return values.get(name) or (field.default if field else None) or None


def fill_url(template: str, values: Mapping[str, str], provider: Provider) -> str:
    """The address with its placeholders filled; without placeholders, the template itself.

    Args:
        template: An address of the provider's declaration.
        values: Placeholder name to value.
        provider: Where defaults and kinds of fields stand.

    Raises:
        MissingPlaceholder: A placeholder has neither a value nor a default.
        InvalidFields: A value would become more than one part of the address.
    """
    host_ends_at = _end_of_host(template)

    def written(match: re.Match[str]) -> str:
        name = match[1]
        value = _required(name, values, provider)
        field = provider.setup_field(name)
        if match.start() == 0 and field is not None and field.kind == "url":
            return _base_address(name, value)
        return _host(name, value) if match.start() < host_ends_at else _component(name, value)

    return PLACEHOLDER.sub(written, template)


def fill_path(template: str, values: Mapping[str, str], provider: Provider) -> str:
    """A part of a path with its placeholders filled, percent-encoded.

    Raises:
        MissingPlaceholder: A placeholder has neither a value nor a default.
        InvalidFields: A value would walk up the path.
    """

    def written(match: re.Match[str]) -> str:
        return _component(match[1], _required(match[1], values, provider))

    return PLACEHOLDER.sub(written, template)


def fill_text(template: str, values: Mapping[str, str], provider: Provider) -> str:
    """The text of a header or parameter with its placeholders filled.

    Raises:
        MissingPlaceholder: A placeholder has neither a value nor a default.
        InvalidFields: A value has a line break or another control character.
    """

    def written(match: re.Match[str]) -> str:
        value = _required(match[1], values, provider)
        if any(unicodedata.category(char) in _CONTROL_CATEGORIES for char in value):
            raise InvalidFields({match[1]: FieldProblem.CONTROL_CHARACTERS})
        return value

    return PLACEHOLDER.sub(written, template)


def host_placeholders(template: str) -> tuple[str, ...]:
    """Names of the placeholders that decide which host an address leads to."""
    return placeholders(template[: _end_of_host(template)])


def _end_of_host(template: str) -> int:
    match = HOST_PART.match(template)
    return match.end() if match else 0


def _required(name: str, values: Mapping[str, str], provider: Provider) -> str:
    value = value_of(name, values, provider)
    if value is None:
        raise MissingPlaceholder(provider=provider.key, placeholder=name)
    return value


def _base_address(name: str, value: str) -> str:
    if host_of(value) is None:
        raise InvalidFields({name: FieldProblem.NOT_AN_ADDRESS})
    return value.rstrip("/")


def _host(name: str, value: str) -> str:
    if not _IN_A_HOST.fullmatch(value):
        raise InvalidFields({name: FieldProblem.NOT_AN_ADDRESS})
    return value


def _component(name: str, value: str) -> str:
    if _DOTS.fullmatch(value):  # "." and ".." walk up the path, even percent-encoded
        raise InvalidFields({name: FieldProblem.PATTERN})
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:  # its message would quote the value
        raise InvalidFields({name: FieldProblem.CONTROL_CHARACTERS}) from None
