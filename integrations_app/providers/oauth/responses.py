"""Reading what a token endpoint answers: tokens, or why there are none.

Providers differ in small things – a form instead of JSON, numbers as text, no lifetime, errors with
status 200 – and some answers are not theirs at all; nothing is believed that was not understood.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import unquote, unquote_plus

from integrations_app.domain.check import CheckReason
from integrations_app.providers import json_answers
from integrations_app.providers.retry_after import retry_after_s
from integrations_app.security.egress import Response
from integrations_app.security.redaction import safe_code

_TOKEN = re.compile(r"[!-~]+")
_SCOPE = re.compile(r"[!#-\[\]-~]{1,256}")
_FIELD = r"[\w.-]{1,64}=[!-%'-;=?-~]*"
_FORM = re.compile(rf"{_FIELD}(?:&{_FIELD})*", re.ASCII)
"""No web page and no JSON looks like this."""

_SEPARATORS = re.compile(r"[\s,]+")
_LONGEST_TOKEN = 16_384
_LONGEST_LIFE_S = 10 * 365 * 86_400
_MOST_SCOPES = 200
_MOST_FIELDS = 100
_BUSY = frozenset({408, 429})
_TRY_LATER = frozenset({"temporarily_unavailable", "server_error", "slow_down"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens as a provider gave them.

    Attributes:
        access_token: What requests carry.
        refresh_token: What new tokens are had for; None if the answer had none.
        lifetime_s: Seconds until `access_token` expires; None if the answer does not say.
        scopes: What was granted; None if the answer does not say.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    lifetime_s: float | None = None
    scopes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Reason for which there are no tokens.

    Attributes:
        reason: `needs_reconnect` if the provider said no, `unreachable` if it may work later.
        details: Facts of the answer, see `CheckResult.details`.
        refresh_token: One that came without an access token; it may be the only one that still
            counts.
    """

    reason: CheckReason
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])
    refresh_token: str | None = field(default=None, repr=False)


def read(answer: Response, *, secrets: Collection[str]) -> Tokens | Refusal:
    """Return what the answer means.

    Args:
        answer: What came back.
        secrets: What was sent; no code that repeats a part of it is kept.
    """
    body = _fields(answer.body)
    if not 200 <= answer.status < 300 or body.get("error"):  # noqa: PLR2004 - HTTP's successes
        return _refusal(answer, body, secrets)
    token, refresh_token = _token(body.get("access_token")), _token(body.get("refresh_token"))
    if token is None:
        return replace(_refusal(answer, body, secrets), refresh_token=refresh_token)
    return Tokens(
        access_token=token,
        refresh_token=refresh_token,
        lifetime_s=_lifetime_s(body.get("expires_in")),
        scopes=_scopes(body.get("scope")),
    )


def _refusal(answer: Response, body: Mapping[str, Any], secrets: Collection[str]) -> Refusal:
    details: dict[str, Any] = {"http_status": answer.status}
    wait_s = retry_after_s(answer.headers)
    if wait_s is not None:
        details["retry_after_s"] = wait_s
    code = safe_code(body.get("error") or body.get("status"), secrets)
    if code is not None:
        details["provider_code"] = code
    refused = _says_no(answer.status, body) and code not in _TRY_LATER
    reason = CheckReason.NEEDS_RECONNECT if refused else CheckReason.UNREACHABLE
    return Refusal(reason=reason, details=details)


def _says_no(status: int, body: Mapping[str, Any]) -> bool:
    """Tell whether asking again would get the same answer.

    Not all providers name an error as RFC 6749 wants it: HubSpot says `status`, Strava `message`
    and `errors`, others nothing but the status.
    """
    if status < 300:  # noqa: PLR2004 - HTTP's successes
        return bool(body.get("error"))
    return 400 <= status < 500 and status not in _BUSY  # noqa: PLR2004 - the request's fault


def _fields(body: bytes) -> Mapping[str, Any]:
    """The fields of a JSON object or, whatever type the answer says it has, of a form."""
    answer = json_answers.parse(body)
    if answer is None:
        return _form_fields(body.decode("latin-1").strip())
    return answer if isinstance(answer, dict) else {}


def _form_fields(text: str) -> Mapping[str, str]:
    if not _FORM.fullmatch(text):
        return {}
    pairs = (pair.partition("=") for pair in text.split("&", _MOST_FIELDS)[:_MOST_FIELDS])
    return {name: _form_value(name, value) for name, _, value in pairs}


def _form_value(name: str, value: str) -> str:
    """A field's text; in tokens, which have no spaces, a plus was left as it is."""
    return unquote(value) if name.endswith("_token") else unquote_plus(value)


def _token(value: object) -> str | None:
    """A token that can stand in a header; None for anything else."""
    if not isinstance(value, str) or len(value) > _LONGEST_TOKEN:
        return None
    return value if _TOKEN.fullmatch(value) else None


def _lifetime_s(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return min(seconds, _LONGEST_LIFE_S) if seconds > 0 else None  # NaN is not


def _scopes(value: object) -> tuple[str, ...] | None:
    if isinstance(value, str):
        value = _SEPARATORS.split(value.strip())
    if not isinstance(value, list):
        return None
    texts = cast("list[object]", value)
    scopes = [text for text in texts if isinstance(text, str) and _SCOPE.fullmatch(text)]
    return tuple(dict.fromkeys(scopes))[:_MOST_SCOPES] or None
