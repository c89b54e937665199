"""Prompting a language model: what to send, and where its words stand in the answer."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations_app.domain.provider import Chat, Provider
from integrations_app.providers.addresses import in_ascii
from integrations_app.providers.templates import PLACEHOLDER, fill_url
from integrations_app.security.redaction import safe_label, shows_part_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """What to post, still without the credential."""

    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def build(
    provider: Provider, chat: Chat, values: Mapping[str, str], *, model: str, prompt: str
) -> ChatRequest:
    """The provider's chat request, with model and prompt in their places.

    Args:
        provider: Whose models they are.
        chat: How it declares them to be prompted.
        values: Setup values and decrypted secrets.
        model: The provider's name of the model.
        prompt: What to say to it.

    Raises:
        MissingPlaceholder: A value that the address needs is missing.
    """
    body = _filled(chat.body, {"model": model, "prompt": prompt})
    return ChatRequest(
        url=in_ascii(fill_url(chat.url, values, provider)),
        headers={"Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )


def answer_in(chat: Chat, body: bytes, *, secrets: Collection[str]) -> str | None:
    """The model's words; None if there are none where they should be, or a secret is in them."""
    text = _at(body, chat.answer)
    return text if isinstance(text, str) and not shows_part_of(text, secrets) else None


def refusal_in(chat: Chat, body: bytes, *, secrets: Collection[str]) -> str | None:
    """Return the provider's reason for refusing a request, fit to be shown; None for none."""
    return safe_label(_at(body, chat.error), secrets) if chat.error else None


def texts_in(part: object) -> Iterator[str]:
    """All texts of a declared body, however deep."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for each in part.values():
            yield from texts_in(each)
    elif isinstance(part, Sequence):
        for each in part:
            yield from texts_in(each)


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    """The part with its texts filled in one go: what is filled in is never looked at again."""
    if isinstance(part, str):
        return PLACEHOLDER.sub(lambda match: values[match[1]], part)
    if isinstance(part, Mapping):
        return {key: _filled(each, values) for key, each in part.items()}
    if isinstance(part, Sequence):
        return [_filled(each, values) for each in part]
    return part


def _at(body: bytes, path: str) -> object:
    try:
        found: Any = json.loads(body)
        for step in path.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return found
