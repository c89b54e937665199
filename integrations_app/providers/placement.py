"""Putting credentials where their provider wants them in a request."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from integrations_app.domain.provider import BasicAuth, Provider
from integrations_app.errors import FieldProblem, InvalidFields, MissingPlaceholder
from integrations_app.providers.templates import (
    fill_path,
    fill_text,
    placeholders,
    value_of,
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Placed:
    """Credential in the parts of a request; its `repr` shows names only.

    Attributes:
        headers: Header name to value.
        query: Query parameter to value, not yet percent-encoded.
        path: What stands before the path, percent-encoded; empty for most.
    """

    headers: dict[str, str]
    query: dict[str, str]
    path: str = ""

    def __repr__(self) -> str:
        return f"Placed(headers={list(self.headers)}, query={list(self.query)})"


def place(provider: Provider, values: Mapping[str, str]) -> Placed:
    """The headers, query parameters and path that carry the credential.

    A header or parameter whose optional field is empty is left out; a half of basic
    authentication whose optional field is empty stays empty.

    Args:
        provider: Whose credential it is.
        values: Setup values, decrypted secrets and, for OAuth2, `access_token`.

    Raises:
        MissingPlaceholder: A required value is missing.
        InvalidFields: A value has characters that cannot stand in a request.
    """
    placement = provider.placement
    headers = _each(placement.headers, values, provider)
    for name in headers:
        _refuse_beyond_ascii(placement.headers[name], values, provider)
    if placement.basic:
        headers["Authorization"] = _basic(placement.basic, values, provider)
    return Placed(
        headers=headers,
        query=_each(placement.query, values, provider),
        path=fill_path(placement.path, values, provider) if placement.path else "",
    )


def _each(
    templates: Mapping[str, str], values: Mapping[str, str], provider: Provider
) -> dict[str, str]:
    filled = {name: _filled(template, values, provider) for name, template in templates.items()}
    return {name: text.strip() for name, text in filled.items() if text is not None}


def _filled(template: str, values: Mapping[str, str], provider: Provider) -> str | None:
    try:
        return fill_text(template, values, provider)
    except MissingPlaceholder as error:
        field = provider.setup_field(error.placeholder)
        if field is None or field.required:
            raise
        return None


def _refuse_beyond_ascii(template: str, values: Mapping[str, str], provider: Provider) -> None:
    """HTTP clients quote the header in the error they would raise instead."""
    beyond = [
        name
        for name in placeholders(template)
        if not (value_of(name, values, provider) or "").isascii()
    ]
    if beyond:
        raise InvalidFields(dict.fromkeys(beyond, FieldProblem.PATTERN))


def _basic(basic: BasicAuth, values: Mapping[str, str], provider: Provider) -> str:
    username = _filled(basic.username, values, provider) or ""
    password = _filled(basic.password, values, provider) or ""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
