"""Who uses a connection, as the modules tell."""

import logging
from uuid import UUID

from integrations_app.domain.usage import Usage
from integrations_app.modules import registry

logger = logging.getLogger(__name__)


def of(uuid: UUID) -> tuple[Usage, ...]:
    """Every place that uses the connection.

    A module that cannot say counts as using it: removal waits until it can.
    """
    found: list[Usage] = []
    for module in registry.all():
        try:
            found += module.usages(uuid)
        except Exception:  # someone else's code; what it hides could be a use
            logger.exception("Module %s could not say where a connection is used", module.key)
            label = f"{module.key} (could not be asked)"
            found.append(Usage(label=label, blocking=True))
    return tuple(found)
