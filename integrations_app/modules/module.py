"""A module, as it tells about itself; every part is optional but the key."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from integrations_app.domain.action import Action
from integrations_app.domain.actor import Actor
from integrations_app.domain.provider import Provider
from integrations_app.domain.usage import Usage
from integrations_app.errors import CannotReplace

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.orm import Session


class Module:
    """Base of modules; override what applies.

    Attributes:
        key: Stable identifier.
        title: What people call it; empty for its key.
        capability: What a provider must be capable of for its connections to be used here;
            empty for any provider.
        actions: What the audit log records of its rows; a key means the same wherever it is used.
    """

    key: str
    title: str = ""
    capability: str = ""
    actions: Sequence[Action] = ()

    def providers(self) -> Iterable[Provider]:
        """Providers that this module declares."""
        return ()

    def required_integrations(self) -> Sequence[str]:
        """Keys of the providers without which this module cannot work."""
        return ()

    def usages(self, uuid: UUID) -> Sequence[Usage]:
        """Return where this module uses the connection; asked while nothing is locked.

        Args:
            uuid: The connection's.
        """
        return ()

    def references(self) -> "Sequence[Column[Any]]":
        """Columns of the same database in which this module stores uuids of connections.

        A removal compares their rows before and after it asks for `usages`, so that it misses none
        of those who lock the connection's row before they refer to it.
        """
        return ()

    def repoint(self, old: UUID, new: UUID, *, transaction: "Session", actor: Actor) -> int:
        """Have everything here that uses one connection use another, with an audit entry each.

        A module that does not override it lets nothing that it uses be replaced.

        It is called for modules without uses, too, and whether or not one blocks the removal of
        the old connection. Whatever it raises, nothing of the whole replacement happens.

        Args:
            old: The connection's that is about to be removed; both rows are locked.
            new: The connection's that takes its place.
            transaction: What to write in, and neither to commit nor to leave.
            actor: Who asked for it.

        Returns:
            How many places were changed.

        Raises:
            CannotReplace: A use must stay with the connection that it has.
        """
        used = self.usages(old)
        if used:
            raise CannotReplace(used)
        return 0

    def migrate_legacy(self) -> None:
        """Turn old keys and references into connections; safe to run again.

        Admins read the message of an `IntegrationError` that it raises, and of anything else only
        the type, since a text of others may hold what must not be shown.
        """
