"""Queries for due work: one worker among many takes each row, and nobody waits for another."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from integrations_app.storage.queries import connections
from integrations_app.storage.tables import CHECK_DUE_AT, RENEWAL_DUE_AT


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A kind of work on connections.

    Attributes:
        at: From when on a row is due; spelled like its index.
        among: Which rows are ever due; spelled like the index's condition.
        claim: The column that a claim moves ahead, and `at` with it.
    """

    at: sa.ColumnElement[Any]
    among: sa.ColumnElement[bool]
    claim: sa.Column[Any]


_IS_IN_USE = connections.c.status != sa.literal_column("'disconnected'")

CHECK = Due(
    at=sa.literal_column(CHECK_DUE_AT),  # one that waits to renew its token has nothing to show
    among=_IS_IN_USE,
    claim=connections.c.next_check_at,
)
RENEWAL = Due(
    at=sa.literal_column(RENEWAL_DUE_AT),
    among=sa.and_(connections.c.token_refresh_at.is_not(None), _IS_IN_USE),
    claim=connections.c.token_claimed_until,
)


def claim(due: Due) -> sa.Executable:
    """Take the row that has been due for longest, for as long as the lease `:lease` lasts.

    Rows of the providers in `:busy` are passed over, as are those that others have locked.
    """
    chosen = (
        sa.select(connections.c.uuid)
        .where(
            due.among,
            due.at <= sa.func.now(),
            connections.c.provider != sa.all_(sa.bindparam("busy", type_=ARRAY(sa.Text))),
        )
        .order_by(due.at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return (
        sa.update(connections)
        .where(connections.c.uuid == chosen)
        .values({due.claim: _from_now("lease")})
        .returning(connections.c.uuid, connections.c.provider, due.claim.label("until"))
    )


def set_aside(due: Due) -> sa.Update:
    """Let the row `:row`, claimed until `:until`, rest for `:pause`; not if it was moved since."""
    return (
        sa.update(connections)
        .where(connections.c.uuid == sa.bindparam("row"), due.claim == sa.bindparam("until"))
        .values({due.claim: _from_now("pause")})
    )


def due_in_s(due: Due) -> sa.Select[Any]:
    """Seconds until the next row is due, negative if it is; no row if none ever is."""
    left_s = sa.func.extract("epoch", due.at - sa.func.now())
    return sa.select(sa.cast(left_s, sa.Float)).where(due.among).order_by(due.at).limit(1)


def _from_now(parameter: str) -> sa.ColumnElement[Any]:
    return sa.func.now() + sa.bindparam(parameter, type_=sa.Interval)
