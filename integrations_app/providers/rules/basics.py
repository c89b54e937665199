"""Rules for the basics of a declaration: names, OAuth2, checks, chat."""

import re

from integrations_app.domain.provider import Provider
from integrations_app.providers import icons, vocabulary
from integrations_app.providers.chat import texts_in
from integrations_app.providers.rules.problems import Problems
from integrations_app.providers.templates import placeholders

_PROVIDER_KEY = re.compile(r"[a-z0-9_]+")
_CHAT_NEEDS = frozenset({"model", "prompt"})


def basic_problems(provider: Provider) -> Problems:
    """Yield the problems of names, icon, category and capabilities."""
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


def oauth_problems(provider: Provider) -> Problems:
    """Yield the problems of the settings of OAuth2."""
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


def verdict_problems(provider: Provider) -> Problems:
    """Yield the problems of the check's verdicts."""
    for number, verdict in enumerate(provider.check.verdicts if provider.check else ()):
        at = f"check.verdicts.{number}"
        if verdict.path is None and not verdict.status:
            yield at, "needs a status or a path, else it decides every answer"
        if verdict.path is None and verdict.equals is not None:
            yield f"{at}.equals", "needs a path"


def chat_problems(provider: Provider) -> Problems:
    """Yield the problems of the way to prompt models."""
    if provider.chat is None:
        return
    if "chat" not in provider.capabilities:
        yield "chat", "needs 'chat' among the capabilities"
    filled = {name for text in texts_in(provider.chat.body) for name in placeholders(text)}
    for name in sorted(_CHAT_NEEDS - filled):
        yield "chat.body", f"has no place for {{{name}}}"
    for name in sorted(filled - _CHAT_NEEDS):
        yield "chat.body", f"{{{name}}} is not filled in there, only {{model}} and {{prompt}} are"
