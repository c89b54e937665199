"""The time of a connection's next check: seldom while all is well, ever later while not.

Moments are spread a little, so that what was checked at once is not checked at once for ever.
"""

import random
from datetime import datetime, timedelta

from integrations_app.domain.actor import Actor, Origin
from integrations_app.domain.check import CheckReason, CheckResult
from integrations_app.providers.retry_after import LONGEST_S
from integrations_app.storage.tables import ConnectionRow

WHILE_WELL = timedelta(hours=6)
AFTER_FAILURE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(hours=24)
AFTER_SAVE = timedelta(minutes=5)
"""Whoever saves checks at once, as the pages do; this is for those who do not."""

NOT_TESTABLE = timedelta(days=7)
"""Until then a newer declaration may know how to check."""

_SPREAD = 0.1
_MOST_DOUBLINGS = 10


def after_check(row: ConnectionRow, result: CheckResult, *, actor: Actor, at: datetime) -> None:
    """Set a row's next check, as part of the transaction that records this one.

    Failures that a person asks for, trying this and that, do not make the schedule slower.

    Args:
        row: The locked row.
        result: How the check ended.
        actor: Who asked for it.
        at: When.
    """
    if result.ok:
        after_success(row, at=at)
        return
    if result.reason == CheckReason.NOT_TESTABLE:
        row.check_failures, row.next_check_at = 0, at + _spread(NOT_TESTABLE)
        return
    if actor.origin is Origin.SCHEDULE or row.check_failures == 0:
        row.check_failures += 1
    doubled = AFTER_FAILURE * 2 ** min(row.check_failures - 1, _MOST_DOUBLINGS)
    row.next_check_at = at + max(_spread(min(doubled, LONGEST_PAUSE)), _asked_to_wait(result))


def after_success(row: ConnectionRow, *, at: datetime) -> None:
    """Set the next check of a row that was just seen to work.

    Args:
        row: The locked row.
        at: When.
    """
    row.check_failures, row.next_check_at = 0, at + _spread(WHILE_WELL)


def after_save(row: ConnectionRow, *, at: datetime) -> None:
    """Set the next check of a row whose credentials are new; the old ones' failures are forgotten.

    Args:
        row: The locked row.
        at: When they were saved.
    """
    row.check_failures, row.next_check_at = 0, at + _spread(AFTER_SAVE)


def _asked_to_wait(result: CheckResult) -> timedelta:
    """Return what the provider asked for, and never less; programs may record anything."""
    wait_s = result.details.get("retry_after_s")
    if not isinstance(wait_s, (int, float)) or not 0 < wait_s <= LONGEST_S:
        return timedelta()
    return timedelta(seconds=wait_s) * random.uniform(1, 1 + _SPREAD)  # noqa: S311 - as below


def _spread(pause: timedelta) -> timedelta:
    return pause * random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 - hides nothing
