"""Explanations of failed checks, which say what to do."""

from collections.abc import Callable, Mapping
from typing import Any

from integrations_app.domain.check import CheckReason
from integrations_app.i18n import _, ngettext

INVALID = "invalid_value"
"""`provider_code` of stored values that the declaration does not accept any more."""


def explain(reason: CheckReason | None, details: Mapping[str, Any], *, provider: str) -> str:
    """One or two sentences about a check that did not succeed.

    Args:
        reason: Why; None gives the sentence of success.
        details: Facts of the answer, see `CheckResult.details`.
        provider: The provider's title.
    """
    if reason is None:
        return _("{provider} accepted the credentials.", provider=provider)
    status = details.get("http_status")
    if reason is CheckReason.CREDENTIALS_REJECTED and details.get("provider_code") == INVALID:
        return _(
            "A stored value does not fit what {provider} asks for now, so nothing was sent. Open "
            "the integration and enter its values again.",
            provider=provider,
        )
    if reason is CheckReason.CREDENTIALS_REJECTED and status is None:
        return _("There are no credentials to test yet. Enter them first.")
    if reason in _WITHOUT_ANSWER and status is None and details.get("provider_code") in _FAILURES:
        return _FAILURES[details["provider_code"]](provider)
    if reason is CheckReason.PROVIDER_ERROR or (
        reason is CheckReason.UNREACHABLE and status is not None
    ):
        return _provider_error(status, provider)
    if reason is CheckReason.NEEDS_RECONNECT and details:
        return _refused(details.get("provider_code"), provider)
    if reason is CheckReason.RATE_LIMITED:
        return _rate_limited(details.get("retry_after_s"), provider)
    return _SENTENCES[reason](provider)


def _provider_error(status: int | None, provider: str) -> str:
    if status is None:
        return _(
            "{provider} sent an answer that makes no sense. Try again later.", provider=provider
        )
    if 300 <= status < 400:  # noqa: PLR2004 - redirects
        return _(
            "{provider} wanted to redirect the request elsewhere. Credentials are not sent there.",
            provider=provider,
        )
    if status < 300:  # noqa: PLR2004 - a success that proves nothing
        return _(
            "{provider} answered, but not in the way that proves the credentials. Try again later.",
            provider=provider,
        )
    return _(
        "{provider} has a problem of its own (HTTP {status}). Try again later.",
        provider=provider,
        status=status,
    )


def _refused(code: str | None, provider: str) -> str:
    if code in ("invalid_client", "unauthorized_client"):
        return _(
            "{provider} does not accept the client ID and secret any more. Enter them again, then "
            "reconnect the account.",
            provider=provider,
        )
    return _(
        "{provider} no longer accepts this connection to the account. Reconnect it.",
        provider=provider,
    )


def _rate_limited(retry_after_s: int | None, provider: str) -> str:
    if not retry_after_s:
        return _(
            "{provider} is receiving too many requests. Wait a minute and try again.",
            provider=provider,
        )
    return ngettext(
        "{provider} is receiving too many requests. Try again in a second.",
        "{provider} is receiving too many requests. Try again in {n} seconds.",
        retry_after_s,
        provider=provider,
    )


_WITHOUT_ANSWER = (CheckReason.UNREACHABLE, CheckReason.PROVIDER_ERROR)

_FAILURES: dict[str, Callable[[str], str]] = {
    "private_network": lambda _provider: _(
        "This address leads into a private network, which the operator does not allow "
        "(INTEGRATIONS_ALLOW_PRIVATE_NETWORK)."
    ),
    "tls_certificate": lambda provider: _(
        "The server that answered could not prove that it belongs to {provider}, so nothing was "
        "sent. If a proxy of yours opens encrypted connections, the operator has to name its "
        "certificate (SSL_CERT_FILE).",
        provider=provider,
    ),
    "tls_failed": lambda provider: _(
        "No encrypted connection to {provider} could be made, so nothing was sent. Check the "
        "address, and whether a proxy or firewall stands in between.",
        provider=provider,
    ),
    "answer_too_large": lambda provider: _(
        "{provider} sent a far larger answer than the question needs, so it was not read. Check "
        "the address, or try again later.",
        provider=provider,
    ),
    "answer_unreadable": lambda provider: _(
        "{provider} sent an answer that is compressed in a way that cannot be read. Check the "
        "address, or try again later.",
        provider=provider,
    ),
}
"""Sentences by the `provider_code` of requests without an answer that could be read."""

_SENTENCES: dict[CheckReason, Callable[[str], str]] = {
    CheckReason.CREDENTIALS_REJECTED: lambda provider: _(
        "The key was refused by {provider}. Check that it was copied whole and is still active.",
        provider=provider,
    ),
    CheckReason.ACCESS_DENIED: lambda provider: _(
        "{provider} knows the key but denies it access. Check what the key is allowed to do.",
        provider=provider,
    ),
    CheckReason.NO_CREDIT: lambda provider: _(
        "The key is right, but the account at {provider} has no credit. Top it up and try again.",
        provider=provider,
    ),
    CheckReason.UNREACHABLE: lambda provider: _(
        "{provider} could not be reached in time. Check the network, or try again later.",
        provider=provider,
    ),
    CheckReason.NEEDS_RECONNECT: lambda provider: _(
        "The account at {provider} is not connected. Connect it to go on.", provider=provider
    ),
    CheckReason.NOT_TESTABLE: lambda provider: _(
        "{provider} offers no way to test credentials without using them.", provider=provider
    ),
    CheckReason.UNDECRYPTABLE: lambda provider: _(
        "The stored secret cannot be decrypted with the keys at hand. Enter it again, or "
        "restore the key it was saved with."
    ),
}
