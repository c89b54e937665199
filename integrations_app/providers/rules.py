"""What the parts of a declaration must be to each other.

Each rule yields what is wrong as (place in the declaration, problem).
"""

import re
from collections.abc import Iterator

from integrations_app.domain.provider import Provider, SetupField
from integrations_app.errors import InvalidInput
from integrations_app.providers import icons, vocabulary
from integrations_app.providers.addresses import canonical_host, host_of
from integrations_app.providers.chat import texts_in
from integrations_app.providers.hosts import ANY_SUBDOMAIN, allowed
from integrations_app.providers.templates import (
    HOST_PART,
    PLACEHOLDER,
    fill_url,
    host_placeholders,
    placeholders,
)

Problems = Iterator[tuple[str, str]]

RESERVED_KEYS = frozenset({"provider", "name", "status", "uuid", "version", "storage_key"})
TOKEN_KEYS = frozenset({"access_token", "refresh_token"})

_PROVIDER_KEY = re.compile(r"[a-z0-9_]+")
_FIELD_KEY = re.compile(r"[a-z][a-z0-9_]*")
_SECRET_WORDS = re.compile(
    r"secret|token|pass(?:word|phrase|code)|key|credential|\bp(?:at|in)\b", re.IGNORECASE
)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[^/?#\s]+)+")
_HEADER_TEXT = re.compile(r"[ -~]*")
_CHAT_NEEDS = frozenset({"model", "prompt"})
_NOT_OURS = frozenset({"connection", "content-length", "host", "transfer-encoding"})


def problems(provider: Provider) -> Problems:
    """Everything that is wrong with the provider; nothing if it can be used."""
    yield from _itself(provider)
    for number, field in enumerate(provider.fields):
        yield from _field(field, f"fields.{number}", provider)
    yield from _secrets(provider)
    yield from _oauth(provider)
    yield from _verdicts(provider)
    yield from _chat(provider)
    yield from _placement(provider)
    yield from _headers(provider)
    yield from _templates(provider)
    yield from _addresses(provider)
    yield from _hosts(provider)
    yield from _links(provider)


def _itself(provider: Provider) -> Problems:
    if not _PROVIDER_KEY.fullmatch(provider.key):
        yield "key", "must be lower-case letters, digits and '_'"
    if not provider.title.strip():
        yield "title", "is empty"
    if provider.icon is not None and (wrong := icons.problem(provider.icon)):
        yield "icon", wrong
    if wrong := vocabulary.problem(provider.category, vocabulary.CATEGORIES):
        yield "category", wrong
    for number, capability in enumerate(provider.capabilities):
        if wrong := vocabulary.problem(capability, vocabulary.CAPABILITIES):
            yield f"capabilities.{number}", wrong


def _field(field: SetupField, at: str, provider: Provider) -> Problems:
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


def _oauth(provider: Provider) -> Problems:
    if provider.uses_tokens != (provider.oauth is not None):
        yield "oauth", "is for auth_type 'oauth2' or 'client_credentials', which need it"
    if provider.oauth is None:
        return
    if provider.connects_account != (provider.oauth.authorize_url is not None):
        yield "oauth.authorize_url", "is for auth_type 'oauth2', which needs it"
    needed = (
        {"client_id"} if provider.oauth.client_auth == "none" else {"client_id", "client_secret"}
    )
    for key in sorted(needed):
        if provider.setup_field(key) is None:
            yield "fields", f"OAuth2 needs a field {key!r}"


def _secrets(provider: Provider) -> Problems:
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


def _verdicts(provider: Provider) -> Problems:
    for number, verdict in enumerate(provider.check.verdicts if provider.check else ()):
        at = f"check.verdicts.{number}"
        if verdict.path is None and not verdict.status:
            yield at, "needs a status or a path, else it decides every answer"
        if verdict.path is None and verdict.equals is not None:
            yield f"{at}.equals", "needs a path"


def _chat(provider: Provider) -> Problems:
    if provider.chat is None:
        return
    if "chat" not in provider.capabilities:
        yield "chat", "needs 'chat' among the capabilities"
    filled = {name for text in texts_in(provider.chat.body) for name in placeholders(text)}
    for name in sorted(_CHAT_NEEDS - filled):
        yield "chat.body", f"has no place for {{{name}}}"
    for name in sorted(filled - _CHAT_NEEDS):
        yield "chat.body", f"{{{name}}} is not filled in there, only {{model}} and {{prompt}} are"


def _placement(provider: Provider) -> Problems:
    """Requests without a credential would be answered by whoever answers anyone."""
    secrets = {"access_token"} if provider.uses_tokens else set(provider.secret_keys)
    carries = any(
        name in secrets
        for at, template in _credential_templates(provider)
        if at.startswith("placement.")
        for name in placeholders(template)
    )
    if provider.placement.manual and carries:
        yield "placement.manual", "is for credentials that no request of ours carries"
    if not provider.placement.manual and not carries:
        needed = " or ".join(f"{{{name}}}" for name in sorted(secrets)) or "a secret"
        yield "placement", f"puts {needed} nowhere; say where, or manual = true"


def _headers(provider: Provider) -> Problems:
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


def _templates(provider: Provider) -> Problems:
    keys = {field.key for field in provider.fields}
    token = {"access_token"} if provider.uses_tokens else set[str]()
    for at, template in _credential_templates(provider):
        yield from _placeholders(at, template, keys | token)
    for at, template in _setup_templates(provider):
        yield from _placeholders(at, template, keys)
    for at, text in _texts(provider):
        for name in placeholders(text):
            if name != "redirect_uri":
                yield at, f"{{{name}}} is not filled in instructions, only {{redirect_uri}} is"
    if provider.oauth:
        yield from _no_secrets("oauth.authorize_url", provider.oauth.authorize_url or "", provider)
        for name, text in provider.oauth.authorize_params.items():
            yield from _no_secrets(f"oauth.authorize_params.{name}", text, provider)


def _placeholders(at: str, template: str, known: set[str]) -> Problems:
    for name in placeholders(template):
        if name not in known:
            yield at, f"{{{name}}} names no field"
    if set("{}") & set(PLACEHOLDER.sub("", template)):
        yield at, "has a brace that belongs to no placeholder"


def _no_secrets(at: str, template: str, provider: Provider) -> Problems:
    for name in placeholders(template):
        if name in provider.secret_keys:
            yield at, f"{{{name}}} is secret, and browsers see this"


def _credential_templates(provider: Provider) -> Problems:
    """Templates that are filled when there are credentials."""
    placement = provider.placement
    if provider.check:
        yield "check.url", provider.check.url
    if provider.chat:
        yield "chat.url", provider.chat.url
    for name, template in placement.headers.items():
        yield f"placement.headers.{name}", template
    for name, template in placement.query.items():
        yield f"placement.query.{name}", template
    if placement.basic:
        yield "placement.basic.username", placement.basic.username
        yield "placement.basic.password", placement.basic.password
    if placement.path is not None:
        yield "placement.path", placement.path


def _setup_templates(provider: Provider) -> Problems:
    """Templates that are filled when there are setup values only."""
    for number, entry in enumerate(provider.allowed_hosts):
        yield f"allowed_hosts.{number}", entry
    if provider.oauth:
        yield from _oauth_addresses(provider)
        for name, template in provider.oauth.authorize_params.items():
            yield f"oauth.authorize_params.{name}", template
        for name, template in provider.oauth.token_params.items():
            yield f"oauth.token_params.{name}", template


def _oauth_addresses(provider: Provider) -> Problems:
    if provider.oauth:
        if provider.oauth.authorize_url is not None:
            yield "oauth.authorize_url", provider.oauth.authorize_url
        yield "oauth.token_url", provider.oauth.token_url
        if provider.oauth.revoke_url is not None:
            yield "oauth.revoke_url", provider.oauth.revoke_url


def _texts(provider: Provider) -> Problems:
    for number, step in enumerate(provider.instructions.steps):
        yield f"instructions.steps.{number}", f"{step.title} {step.text} {step.copy or ''}"
    for number, note in enumerate(provider.instructions.notes):
        yield f"instructions.notes.{number}", note


def _addresses(provider: Provider) -> Problems:
    addresses = list(_oauth_addresses(provider))
    if provider.check:
        addresses.append(("check.url", provider.check.url))
    if provider.chat:
        addresses.append(("chat.url", provider.chat.url))
    for at, template in addresses:
        yield from _address(at, template, provider)
        yield from _destinations(at, host_placeholders(template), provider)
        if at != "oauth.authorize_url":  # a page for people; no credential is sent there
            yield from _host_is_allowed(at, template, provider)


def _address(at: str, template: str, provider: Provider) -> Problems:
    start = PLACEHOLDER.match(template)
    base = provider.setup_field(start[1]) if start else None
    if start and base is not None and base.kind == "url":
        rest = template[start.end() :]
        if rest and rest[0] not in "/?":
            yield at, "'/' or '?' must follow the base address"
    else:
        rest = template
        if not template.startswith("https://"):
            yield at, "must begin with https:// or with a field of kind 'url'"
    for name in placeholders(rest):
        field = provider.setup_field(name)
        if field is not None and field.kind == "url":
            yield at, f"{{{name}}} is a base address and can only stand at the start"


def _destinations(at: str, names: tuple[str, ...], provider: Provider) -> Problems:
    for name in names:
        field = provider.setup_field(name)
        if field is not None and not field.destination:
            yield at, f"{{{name}}} decides the host, so its field must say destination = true"


def _host_is_allowed(at: str, template: str, provider: Provider) -> Problems:
    samples = {
        each.key: "https://example.com" if each.kind == "url" else "sample"
        for each in provider.fields
    }
    try:
        address = fill_url(template, samples | {"access_token": "sample"}, provider)
    except InvalidInput:
        return  # an unknown placeholder, told elsewhere
    found = HOST_PART.match(address)
    host = host_of(found[0]) if found else None
    if host is None:
        yield at, "has no valid host"
    elif not allowed(provider, samples, host):
        yield at, f"goes to {host}, which allowed_hosts does not name"


def _hosts(provider: Provider) -> Problems:
    for number, entry in enumerate(provider.allowed_hosts):
        at = f"allowed_hosts.{number}"
        yield from _destinations(at, placeholders(entry), provider)
        domain = PLACEHOLDER.sub("sample", entry.removeprefix(ANY_SUBDOMAIN))
        too_wide = entry.startswith(ANY_SUBDOMAIN) and "." not in domain and "{" not in entry
        if canonical_host(domain) is None or too_wide:
            yield at, "must be a host, or '*.' and a domain"


def _links(provider: Provider) -> Problems:
    links = [(f"links.{number}.url", link.url) for number, link in enumerate(provider.links)]
    for number, step in enumerate(provider.instructions.steps):
        if step.link is not None:
            links.append((f"instructions.steps.{number}.link.url", step.link.url))
    for at, url in links:
        found = HOST_PART.match(url)
        if found is None or host_of(found[0]) is None:
            yield at, "must begin with https:// and a host"
