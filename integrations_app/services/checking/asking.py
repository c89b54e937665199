"""Asking a provider whether values work: one request, and what its answer says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from integrations_app.domain.check import CheckReason, CheckResult
from integrations_app.domain.explanation import explain
from integrations_app.domain.provider import Provider
from integrations_app.errors import MissingPlaceholder
from integrations_app.providers import hosts
from integrations_app.providers.checks import judgement, request
from integrations_app.security import egress
from integrations_app.services import observation
from integrations_app.services.credentials import setup_values, tokens


def ask(provider: Provider, values: Mapping[str, str]) -> CheckResult:
    """Send the provider's check with these values, and judge the answer."""
    if provider.connects_account and setup_values.ACCESS_TOKEN not in values:
        return failed(provider, CheckReason.NEEDS_RECONNECT)
    if provider.check is None:
        return failed(provider, CheckReason.NOT_TESTABLE)
    try:
        check_request = request.build(provider, provider.check, values)
    except MissingPlaceholder:
        return failed(provider, CheckReason.CREDENTIALS_REJECTED)
    try:
        with observation.request_to(provider):
            answer = egress.send(
                check_request.method,
                check_request.url,
                headers=check_request.headers,
                allowed=lambda host: hosts.allowed(provider, values, host),
            )
    except egress.EgressFailed as error:
        return failed(provider, *judgement.of_failure(error))
    secrets = tokens.secrets_of(provider, values)
    result = judgement.judge(provider.check, answer, secrets=secrets)
    if provider.connects_account and result.reason is CheckReason.CREDENTIALS_REJECTED:
        result = replace(result, reason=CheckReason.NEEDS_RECONNECT)  # no key was refused
    return in_words(provider, result)


def failed(
    provider: Provider, reason: CheckReason, details: Mapping[str, Any] | None = None
) -> CheckResult:
    """Return the result of a check that did not succeed, in words."""
    return in_words(provider, CheckResult(ok=False, reason=reason, details=details or {}))


def in_words(provider: Provider, result: CheckResult) -> CheckResult:
    """Return a result with its message."""
    message = explain(result.reason, result.details, provider=provider.title)
    return replace(result, message=message)
