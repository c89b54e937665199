"""Having a model answer a prompt through a connection; nothing of it is stored."""

import httpx2

from integrations_app.domain.check import CheckReason
from integrations_app.domain.provider import Chat, Provider
from integrations_app.domain.references import parse_uuid
from integrations_app.domain.reply import Reply
from integrations_app.errors import (
    InvalidFields,
    MissingPlaceholder,
    NotConfigured,
    Unauthorized,
)
from integrations_app.providers import chat, hosts
from integrations_app.providers.checks import judgement
from integrations_app.providers.retry_after import retry_after_s
from integrations_app.security import egress
from integrations_app.services import catalogue, observation
from integrations_app.services.credentials import retrieval, tokens
from integrations_app.services.credentials.decryption import DecryptedConnection
from integrations_app.services.requests import clients
from integrations_app.services.requests.bounded import BoundedTransport

DEADLINE_S = 60.0
"""For all of an answer; models take their time."""

LONGEST_ANSWER = 4_000
"""Characters that are kept of it."""

_REFUSED = 401


def can_answer(provider: str) -> bool:
    """Return whether it is declared how to prompt the provider's models."""
    declared_chat = catalogue.find(provider)
    return declared_chat is not None and declared_chat.chat is not None


def ask(uuid: object, *, model: str, prompt: str, deadline_s: float = DEADLINE_S) -> Reply:
    """Send one prompt to a model of the connection's provider, and wait for the whole answer.

    Args:
        uuid: The connection's.
        model: The provider's name of the model.
        prompt: What to say to it.
        deadline_s: Seconds for everything.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        Deleted: There is no such connection.
        NotConfigured: It has no credentials, or it is not declared how to prompt its provider.
        Undecryptable: No key at hand opens its secrets.
        NoRefreshToken: Its token has expired, and there is nothing to renew it with.
        TokenRefreshFailed: Its token has expired, and the provider gives no other.
    """
    connection = retrieval.usable(parse_uuid(uuid))
    declared_chat = connection.provider.chat
    if declared_chat is None:
        raise NotConfigured(connection.uuid)
    try:
        chat_request = chat.build(
            connection.provider, declared_chat, connection.values, model=model, prompt=prompt
        )
        answer = _sent(connection, chat_request, deadline_s)
    except (MissingPlaceholder, InvalidFields):  # saved before the declaration asked for more
        return Reply(reason=CheckReason.CREDENTIALS_REJECTED)
    except egress.EgressFailed as error:
        reason, details = judgement.of_failure(error)
        return Reply(reason=reason, details=details)
    except Unauthorized:
        return Reply(
            reason=_reason(connection.provider, _REFUSED), details={"http_status": _REFUSED}
        )
    return _read(connection, declared_chat, answer)


def _sent(
    connection: DecryptedConnection, chat_request: chat.ChatRequest, deadline_s: float
) -> httpx2.Response:
    """As a consumer's request goes, its token renewed when it is refused, but within limits."""
    transport = BoundedTransport(
        allowed=lambda host: hosts.allowed(connection.provider, connection.values, host),
        deadline_s=deadline_s,
    )
    with (
        observation.request_to(connection.provider),
        clients.client(connection.uuid, {"transport": transport}) as client,
    ):
        return client.post(
            chat_request.url, headers=dict(chat_request.headers), content=chat_request.body
        )


def _read(connection: DecryptedConnection, declared_chat: Chat, answer: httpx2.Response) -> Reply:
    secrets = tokens.secrets_of(connection.provider, connection.values)
    if answer.status_code == 200:  # noqa: PLR2004 - what every answer comes with
        text = chat.answer_in(declared_chat, answer.content, secrets=secrets)
        if text is None:
            return Reply(reason=CheckReason.PROVIDER_ERROR)
        shortened = len(text) > LONGEST_ANSWER
        return Reply(text=text[:LONGEST_ANSWER], shortened=shortened)
    return Reply(
        reason=_reason(connection.provider, answer.status_code),
        details=_details(answer),
        told=chat.refusal_in(declared_chat, answer.content, secrets=secrets) or "",
    )


def _reason(provider: Provider, status: int) -> CheckReason:
    reason = judgement.USUAL.get(status, CheckReason.PROVIDER_ERROR)
    if provider.connects_account and reason is CheckReason.CREDENTIALS_REJECTED:
        return CheckReason.NEEDS_RECONNECT  # no key was refused
    return reason


def _details(answer: httpx2.Response) -> dict[str, int]:
    wait_s = retry_after_s(answer.headers)
    return {"http_status": answer.status_code} | (
        {} if wait_s is None else {"retry_after_s": wait_s}
    )
