"""Rules for setup fields: keys, patterns, defaults, secrets."""

import re

from integrations_app.domain.provider import Provider, SetupField
from integrations_app.providers.rules.problems import Problems

RESERVED_KEYS = frozenset({"provider", "name", "status", "uuid", "version", "storage_key"})
TOKEN_KEYS = frozenset({"access_token", "refresh_token"})
_FIELD_KEY = re.compile(r"[a-z][a-z0-9_]*")
_SECRET_WORDS = re.compile(
    r"secret|token|pass(?:word|phrase|code)|key|credential|\bp(?:at|in)\b", re.IGNORECASE
)


def problems_of_field(field: SetupField, at: str, provider: Provider) -> Problems:
    """Yield the problems of one setup field."""
    reserved = RESERVED_KEYS | (TOKEN_KEYS if provider.uses_tokens else frozenset[str]())
    if not _FIELD_KEY.fullmatch(field.key):
        yield f"{at}.key", "must be lower-case letters, digits and '_', beginning with a letter"
    if field.key in reserved:
        yield f"{at}.key", f"{field.key!r} is reserved"
    if provider.setup_field(field.key) is not field:
        yield f"{at}.key", f"{field.key!r} is declared twice"
    if (field.kind == "select") != bool(field.options):
        yield f"{at}.options", "are for select fields, which need them"
    if field.secret and field.default is not None:
        yield f"{at}.default", "a secret has no default"
    yield from _pattern(field, at)


def _pattern(field: SetupField, at: str) -> Problems:
    try:
        fits = re.fullmatch(field.pattern or ".*", field.default or "", re.DOTALL)
    except re.error as error:
        yield f"{at}.pattern", f"is not a regular expression: {error}"
        return
    if field.default is not None and not fits:
        yield f"{at}.default", "does not match the pattern"
    values = {option.value for option in field.options}
    if field.default is not None and values and field.default not in values:
        yield f"{at}.default", "is not one of the options"


def secret_problems(provider: Provider) -> Problems:
    """A credential that no field declares secret would be stored, and shown, in the clear."""
    if provider.oauth is not None:
        client_secret = provider.setup_field("client_secret")
        if client_secret is not None and not client_secret.secret:
            yield _secret_at(provider, client_secret), "must be true, it is a client's secret"
        return
    if provider.secret_keys:
        return
    alike = next(filter(_looks_secret, provider.fields), None)
    needs = f"auth_type {provider.auth_type.value!r} needs a secret"
    if alike is None:
        yield "fields", f"{needs}, so one field must say secret = true"
    else:
        yield _secret_at(provider, alike), f"must be true: {needs}, and {alike.key!r} looks like it"


def _secret_at(provider: Provider, field: SetupField) -> str:
    return f"fields.{provider.fields.index(field)}.secret"


def _looks_secret(field: SetupField) -> bool:
    return _SECRET_WORDS.search(f"{field.key} {field.label}") is not None
