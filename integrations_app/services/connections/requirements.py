"""The services that modules cannot work without, and whether they are connected."""

import logging
from collections.abc import Mapping, Sequence

from integrations_app.domain.requirement import Requirement
from integrations_app.modules import Module, failure, registry
from integrations_app.services import catalogue
from integrations_app.storage import queries
from integrations_app.storage.engine import database

logger = logging.getLogger(__name__)


def by_module() -> Mapping[str, tuple[Requirement, ...]]:
    """Return what each module requires, in the module's own order.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    connected = {row.provider for row in database().fetch(queries.connected_providers)}
    return {
        module.key: tuple(
            _requirement(key, is_connected=key in connected) for key in _keys_of(module)
        )
        for module in registry.all()
    }


def _requirement(key: str, *, is_connected: bool) -> Requirement:
    provider = catalogue.find(key)
    return Requirement(
        provider=key,
        title=provider.title if provider else key,
        is_declared=provider is not None,
        is_connected=is_connected,
    )


def _keys_of(module: Module) -> Sequence[str]:
    try:
        return tuple(dict.fromkeys(map(str, module.required_integrations())))
    except Exception as error:  # noqa: BLE001 - not our code; the page shows the others
        logger.error(
            "Module %s could not say what it requires: %s", module.key, failure.for_log(error)
        )
        return ()
