"""Rules for where credentials go in a request."""

import re

from integrations_app.domain.provider import Provider
from integrations_app.providers.rules.problems import Problems
from integrations_app.providers.rules.templates import credential_templates
from integrations_app.providers.templates import placeholders

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[^/?#\s]+)+")
_HEADER_TEXT = re.compile(r"[ -~]*")
_NOT_OURS = frozenset({"connection", "content-length", "host", "transfer-encoding"})


def placement_problems(provider: Provider) -> Problems:
    """Requests without a credential would be answered by whoever answers anyone."""
    secrets = {"access_token"} if provider.uses_tokens else set(provider.secret_keys)
    carries = any(
        name in secrets
        for at, template in credential_templates(provider)
        if at.startswith("placement.")
        for name in placeholders(template)
    )
    if provider.placement.manual and carries:
        yield "placement.manual", "is for credentials that no request of ours carries"
    if not provider.placement.manual and not carries:
        needed = " or ".join(f"{{{name}}}" for name in sorted(secrets)) or "a secret"
        yield "placement", f"puts {needed} nowhere; say where, or manual = true"


def header_problems(provider: Provider) -> Problems:
    """Yield the problems of headers and path."""
    names = [name.lower() for name in provider.placement.headers]
    if provider.placement.basic:
        names.append("authorization")
    for name, text in provider.placement.headers.items():
        at = f"placement.headers.{name}"
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _NOT_OURS:
            yield at, "is not a header to set"
        if not _HEADER_TEXT.fullmatch(text):
            yield at, "has characters that a header cannot have"
        if names.count(name.lower()) > 1:
            yield at, "is set twice"
    path = provider.placement.path
    if path is not None and not _PATH.fullmatch(path):
        yield "placement.path", "must begin with '/', and neither end with one nor have a query"
