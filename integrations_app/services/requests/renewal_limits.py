"""Keeps refusals that a new token does not end from causing one renewal after another.

A token that was renewed because the provider refused the one before is on trial: while it is,
its refusal causes no further renewal for `PAUSE_S`. The first success ends the trial. An address
that refuses every token while others accept them gets no second trial within `PAUSE_S`.
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from integrations_app import forks
from integrations_app.services.credentials.decryption import DecryptedConnection

PAUSE_S = 60.0
_MOST_KEPT = 1_000
_MOST_ADDRESSES = 100
_TRIALS = 2


@dataclass(slots=True, kw_only=True)
class _Trial:
    credential_revision: int
    token_revision: int
    ends_at: float
    renewals: dict[str, tuple[int, float]] = field(default_factory=dict)
    """By address: how many since it last accepted a token, and when the last one was."""


_trials: dict[UUID, _Trial] = {}
_changing = threading.Lock()


def allows(refused: DecryptedConnection, url: Any) -> bool:
    """Return whether a renewal may help after this address refused these tokens."""
    trial = _trials.get(refused.uuid)
    if trial is None or trial.credential_revision != refused.credential_revision:
        return True
    now = time.monotonic()
    count, renewed_at = trial.renewals.get(_address(url), (0, 0.0))
    if count >= _TRIALS and now < renewed_at + PAUSE_S:
        return False
    return refused.token_revision < trial.token_revision or now >= trial.ends_at


def renewed(latest: DecryptedConnection, url: Any) -> None:
    """Remember that a refusal of this address led to these tokens."""
    now = time.monotonic()
    with _changing:
        if len(_trials) >= _MOST_KEPT:
            _trials.clear()
        before = _trials.get(latest.uuid)
        renewals = before.renewals if before and len(before.renewals) < _MOST_ADDRESSES else {}
        count, renewed_at = renewals.get(_address(url), (0, now))
        count = count if now < renewed_at + PAUSE_S else 0
        renewals[_address(url)] = (count + 1, now)
        _trials[latest.uuid] = _Trial(
            credential_revision=latest.credential_revision,
            token_revision=latest.token_revision,
            ends_at=now + PAUSE_S,
            renewals=renewals,
        )


def succeeded(uuid: UUID, url: Any) -> None:
    """Remember that this address accepted the connection's token; every request comes by here."""
    if uuid not in _trials:
        return
    with _changing:
        trial = _trials.get(uuid)
        if trial is not None:
            trial.ends_at = 0.0
            trial.renewals.pop(_address(url), None)
            if not trial.renewals:
                del _trials[uuid]


def _address(url: Any) -> str:
    return f"{url.host}{url.path}"


def _after_fork() -> None:
    global _changing  # noqa: PLW0603 - what a thread of the parent held stays held here
    _changing = threading.Lock()


forks.after_in_child(_after_fork)
