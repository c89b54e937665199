"""Rules for texts with placeholders."""

from integrations_app.domain.provider import Provider
from integrations_app.providers.rules.problems import Problems
from integrations_app.providers.templates import PLACEHOLDER, placeholders


def template_problems(provider: Provider) -> Problems:
    """Yield the problems of placeholders, wherever they stand."""
    keys = {field.key for field in provider.fields}
    token = {"access_token"} if provider.uses_tokens else set[str]()
    for at, template in credential_templates(provider):
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


def _placeholders(at: str, template: str, keys: set[str]) -> Problems:
    for name in placeholders(template):
        if name not in keys:
            yield at, f"{{{name}}} names no field"
    if set("{}") & set(PLACEHOLDER.sub("", template)):
        yield at, "has a brace that belongs to no placeholder"


def _no_secrets(at: str, template: str, provider: Provider) -> Problems:
    for name in placeholders(template):
        if name in provider.secret_keys:
            yield at, f"{{{name}}} is secret, and browsers see this"


def credential_templates(provider: Provider) -> Problems:
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
        yield from oauth_addresses(provider)
        for name, template in provider.oauth.authorize_params.items():
            yield f"oauth.authorize_params.{name}", template
        for name, template in provider.oauth.token_params.items():
            yield f"oauth.token_params.{name}", template


def oauth_addresses(provider: Provider) -> Problems:
    """Yield the addresses of OAuth2, each with its place."""
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
