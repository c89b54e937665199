"""Due work: connections are checked, and tokens renewed before anyone needs them.

Whoever claims a row has it alone for the length of a lease, without a lock; a worker that dies
leaves it due again after that.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from integrations_app.domain.actor import SCHEDULED
from integrations_app.errors import (
    DatabaseUnavailable,
    Deleted,
    IntegrationError,
    NoRefreshToken,
    NotFound,
    TokenRefreshFailed,
)
from integrations_app.services.checking import run
from integrations_app.services.credentials import refresh
from integrations_app.services.credentials.decryption import load_decrypted
from integrations_app.storage import due
from integrations_app.storage.due import Due
from integrations_app.storage.engine import database

logger = logging.getLogger(__name__)

SET_ASIDE = timedelta(hours=6)
"""How long a row rests with which nothing can be done, its provider being unknown for instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A kind of scheduled work.

    Attributes:
        name: For the log.
        due: Which rows it is about, and when.
        lease: Longer than doing it may take.
        do: Does it for one connection.
    """

    name: str
    due: Due
    lease: timedelta
    do: Callable[[UUID], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A connection that is the caller's until then."""

    uuid: UUID
    provider: str
    until: datetime


def claim(work: Work, *, busy: Collection[str] = ()) -> Claim | None:
    """Take the connection that has been due for longest; None if nothing is due.

    Args:
        work: What is to be done.
        busy: Keys of providers whose turn it is not.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    with database().transaction() as session:
        row = session.execute(
            due.claim(work.due), {"busy": list(busy), "lease": work.lease}
        ).one_or_none()
    return Claim(uuid=row.uuid, provider=row.provider, until=row.until) if row else None


def due_in_s(work: Work) -> float | None:
    """Seconds until the next connection is due, at most 0 if one is; None if none ever is.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    rows = database().fetch(due.due_in_s(work.due))
    return rows[0][0] if rows else None


def perform(work: Work, claimed: Claim) -> None:
    """Do what was claimed; nothing that goes wrong with one connection is raised."""
    try:
        work.do(claimed.uuid)
    except DatabaseUnavailable:
        return  # due again after the lease; whoever claims next says that it is away
    except (NotFound, Deleted):
        return  # removed meanwhile
    except TokenRefreshFailed:
        return  # the row says so, and when to try again
    except IntegrationError as error:
        problem = error.code
    except Exception as error:
        logger.error("Scheduled %s of %s failed.", work.name, claimed.uuid, exc_info=error)
        problem = type(error).__name__
    else:
        return
    _set_aside(work, claimed, problem)


def _set_aside(work: Work, claimed: Claim, problem: str) -> None:
    try:
        with database().transaction() as session:
            session.execute(
                due.set_aside(work.due),
                {"row": claimed.uuid, "until": claimed.until, "pause": SET_ASIDE},
            )
    except DatabaseUnavailable:
        return
    logger.warning("Scheduled %s leaves %s alone for now: %s", work.name, claimed.uuid, problem)


def _check(uuid: UUID) -> None:
    run.run(uuid, actor=SCHEDULED)


def _renew(uuid: UUID) -> None:
    connection = load_decrypted(uuid)
    if connection is None:
        return
    if not connection.is_renewable:
        raise NoRefreshToken(uuid)
    refresh.current(connection)


CHECKS = Work(name="check", due=due.CHECK, lease=timedelta(minutes=5), do=_check)
RENEWALS = Work(name="renewal", due=due.RENEWAL, lease=timedelta(minutes=2), do=_renew)
