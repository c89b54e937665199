"""Prompting a language model: what to send, and where its words stand in the answer."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from integrations_app.domain.provider import Chat, Provider
from integrations_app.providers import json_answers
from integrations_app.providers.addresses import in_ascii
from integrations_app.providers.json_answers import Json
from integrations_app.providers.templates import PLACEHOLDER, fill_url
from integrations_app.security.redaction import safe_label, shows_part_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A request with a prompt, still without the credential."""

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


def texts_in(body: object) -> Iterator[str]:
    """All texts of a declared body, however deep."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, Mapping):
        for part in cast("Mapping[str, object]", body).values():
            yield from texts_in(part)
    elif isinstance(body, Sequence):
        for part in cast("Sequence[object]", body):
            yield from texts_in(part)


def _filled(body: object, values: Mapping[str, str]) -> object:
    """The body with its texts filled in one go: what is filled in is never looked at again."""
    if isinstance(body, str):
        return PLACEHOLDER.sub(lambda match: values[match[1]], body)
    if isinstance(body, Mapping):
        parts = cast("Mapping[str, object]", body)
        return {key: _filled(part, values) for key, part in parts.items()}
    if isinstance(body, Sequence):
        return [_filled(part, values) for part in cast("Sequence[object]", body)]
    return body


def _at(body: bytes, path: str) -> Json:
    try:
        return json_answers.at(json_answers.parse(body), path)
    except LookupError:
        return None
