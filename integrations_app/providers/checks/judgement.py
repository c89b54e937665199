"""Reading an answer by the declaration, into a reason that people can act on."""

from collections.abc import Collection, Mapping
from typing import Any

from integrations_app.domain.check import Account, CheckReason, CheckResult
from integrations_app.domain.provider import Check, Verdict
from integrations_app.providers import json_answers
from integrations_app.providers.json_answers import Json
from integrations_app.providers.retry_after import retry_after_s
from integrations_app.security.egress import EgressFailed, InvalidResponse, Response
from integrations_app.security.redaction import safe_code, safe_label

USUAL = {
    401: CheckReason.CREDENTIALS_REJECTED,
    402: CheckReason.NO_CREDIT,
    403: CheckReason.ACCESS_DENIED,
    429: CheckReason.RATE_LIMITED,
}
_ABSENT = object()


def judge(check: Check, answer: Response, *, secrets: Collection[str]) -> CheckResult:
    """Return what the answer says about the credentials; of the answer itself only facts are kept.

    Args:
        check: The provider's check.
        answer: What came back.
        secrets: What was sent; nothing that repeats a part of it is kept.
    """
    body = json_answers.parse(answer.body)
    reason = _reason(check, answer.status, body)
    if reason is None:
        return CheckResult(ok=True, account=_account(check, body, secrets))
    details: dict[str, Any] = {"http_status": answer.status}
    wait_s = retry_after_s(answer.headers)
    if wait_s is not None:
        details["retry_after_s"] = wait_s
    code = safe_code(_at(body, check.provider_code), secrets) if check.provider_code else None
    if code is not None:
        details["provider_code"] = code
    return CheckResult(ok=False, reason=reason, details=details)


def of_failure(error: EgressFailed) -> tuple[CheckReason, Mapping[str, Any]]:
    """Return why there is no answer to judge, and the facts of it."""
    is_nonsense = isinstance(error, InvalidResponse)
    reason = CheckReason.PROVIDER_ERROR if is_nonsense else CheckReason.UNREACHABLE
    return reason, ({} if error.code is None else {"provider_code": error.code})


def _reason(check: Check, status: int, body: Json) -> CheckReason | None:
    for verdict in check.verdicts:
        if _applies(verdict, status, body):
            return verdict.reason
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own range of success
        proven = all(_at(body, path) is not _ABSENT for path in check.requires)
        return None if proven else CheckReason.PROVIDER_ERROR
    return USUAL.get(status, CheckReason.PROVIDER_ERROR)


def _applies(verdict: Verdict, status: int, body: Json) -> bool:
    if verdict.status and status not in verdict.status:
        return False
    if verdict.path is None:
        return True
    value = _at(body, verdict.path)
    return type(value) is type(verdict.equals) and value == verdict.equals


def _account(check: Check, body: Json, secrets: Collection[str]) -> Account | None:
    name = safe_label(_at(body, check.account_name), secrets)
    account_id = safe_label(_at(body, check.account_id), secrets)
    return Account(id=account_id, name=name) if name or account_id else None


def _at(answer: Json, path: str | None) -> object:
    """Return what stands at a dotted path of a JSON answer, or `_ABSENT`."""
    if path is None:
        return _ABSENT
    try:
        return json_answers.at(answer, path)
    except LookupError:
        return _ABSENT
