"""Who uses a connection, as the modules tell."""

import logging
from uuid import UUID

from integrations_app.domain.usage import Usage
from integrations_app.modules import Module, failure, registry

logger = logging.getLogger(__name__)


def of(uuid: UUID) -> tuple[Usage, ...]:
    """Every place that uses the connection.

    A module that cannot say counts as using it: removal waits until it can.
    """
    return tuple(usage for module in registry.all() for usage in of_module(module, uuid))


def of_module(module: Module, uuid: UUID) -> tuple[Usage, ...]:
    """The places in one module that use the connection; see `of`."""
    try:
        return tuple(module.usages(uuid))
    except Exception as error:  # noqa: BLE001 - not our code; it could hide a use
        logger.error(
            "Module %s could not say where a connection is used: %s",
            module.key,
            failure.for_log(error),
        )
        return (Usage(label=f"{module.key} (could not be asked)", blocking=True),)
