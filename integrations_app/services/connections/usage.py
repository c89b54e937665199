"""Uses of a connection, by the modules' word."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from integrations_app.domain.usage import Usage
from integrations_app.errors import UsagesChanged
from integrations_app.modules import Module, failure, registry
from integrations_app.storage.engine import database
from integrations_app.storage.queries import connections
from integrations_app.storage.within import Reads, Within

logger = logging.getLogger(__name__)

_ATTEMPTS = 3

_Locked = TypeVar("_Locked")
_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """The uses of a connection at one moment, collected while nothing was locked.

    Attributes:
        uuid: The connection's.
        by_module: The places, by the module's key.
        silent: Keys of the modules that could not say.
    """

    uuid: UUID
    by_module: Mapping[str, tuple[Usage, ...]]
    silent: frozenset[str]
    _references: frozenset[tuple[Any, ...]]

    @property
    def usages(self) -> tuple[Usage, ...]:
        """All places."""
        return tuple(chain.from_iterable(self.by_module.values()))

    def are_all(self, session: Session) -> bool:
        """Tell whether no row that refers to the connection has come or gone since.

        Args:
            session: A transaction that has locked the connection, so that none does now.
        """
        return _references(Within(session), self.uuid) == self._references


def of(uuid: UUID) -> tuple[Usage, ...]:
    """Every place that uses the connection.

    A module that cannot say counts as using it: removal waits until it can.
    """
    return tuple(usage for module in registry.all() for usage in of_module(module, uuid))


def users(uuid: UUID) -> Users:
    """Return who uses the connection; call it outside of any transaction: it may take long.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    references = _references(database(), uuid)
    said = {module.key: _said(module, uuid) for module in registry.all()}
    return Users(
        uuid=uuid,
        by_module={key: _unknown(key) if uses is None else uses for key, uses in said.items()},
        silent=frozenset(key for key, uses in said.items() if uses is None),
        _references=references,
    )


def of_module(module: Module, uuid: UUID) -> tuple[Usage, ...]:
    """The places in one module that use the connection; see `of`."""
    uses = _said(module, uuid)
    return _unknown(module.key) if uses is None else uses


def _unknown(module: str) -> tuple[Usage, ...]:
    return (Usage(label=f"{module} (could not be asked)", blocking=True),)


def _said(module: Module, uuid: UUID) -> tuple[Usage, ...] | None:
    try:
        return tuple(module.usages(uuid))
    except Exception as error:  # noqa: BLE001 - not our code; it could hide a use
        logger.error(
            "Module %s could not say where a connection is used: %s",
            module.key,
            failure.for_log(error),
        )
        return None


def is_free(session: Session, uuid: UUID) -> bool:
    """Tell whether nobody else has locked the connection, be it to refer to it; locks nothing."""
    row = sa.select(connections.c.uuid).where(connections.c.uuid == uuid)
    probe = session.begin_nested()
    unlocked_row = session.execute(row.with_for_update(skip_locked=True)).first()
    probe.rollback()
    return unlocked_row is not None


def with_users(
    uuid: UUID, lock: Callable[[Session], _Locked], act: Callable[[Session, _Locked, Users], _Done]
) -> _Done:
    """Do something to a connection and to all who use it, in one transaction.

    They are asked before, while nothing is locked, since modules' code may take its time; and once
    more if somebody held the connection meanwhile, who may use it now.

    Args:
        uuid: The connection's.
        lock: Locks it, and gives the rows; None if it is not there.
        act: What to do, with what `lock` gives and with all users.

    Raises:
        UsagesChanged: They change faster than they can be asked.
    """
    attempts_left = _ATTEMPTS
    while True:
        asked = users(uuid)
        attempts_left -= 1
        with database().transaction() as session:
            was_free = is_free(session, uuid)
            rows = lock(session)
            are_all = asked.are_all(session) and (was_free or not attempts_left)
            if rows is None or are_all:
                return act(session, rows, asked)
        if not attempts_left:
            raise UsagesChanged(asked.usages)


def _references(reads: Reads, uuid: UUID) -> frozenset[tuple[Any, ...]]:
    """The rows of modules in which the connection's uuid is stored."""
    columns = [column for module in registry.all() for column in module.references()]
    return frozenset(
        (column.table.name, column.name, *row)
        for column in columns
        for row in reads.fetch(sa.select(*column.table.primary_key).where(column == uuid))
    )
