"""What a module may tell about itself; every part is optional but the key."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from integrations_app.domain.provider import Provider
from integrations_app.domain.usage import Usage


class Module:
    """Base of modules; override what applies.

    Attributes:
        key: Stable identifier.
    """

    key: str

    def providers(self) -> Iterable[Provider]:
        """Providers that this module declares."""
        return ()

    def required_integrations(self) -> Sequence[str]:
        """Keys of the providers without which this module cannot work."""
        return ()

    def usages(self, uuid: UUID) -> Sequence[Usage]:
        """Where this module uses the connection.

        Args:
            uuid: The connection's.
        """
        return ()

    def migrate_legacy(self) -> None:
        """Turn old keys and references into connections; safe to run again."""
