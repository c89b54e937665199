"""AI endpoints as a module of the app.

Whoever asks for credentials loads all modules, for the providers that they may bring; so this one
imports what it does only when it is asked to do it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.domain.usage import Usage
from integrations_app.features.ai_endpoints import actions
from integrations_app.features.ai_endpoints.endpoint import CAPABILITY, KEY
from integrations_app.i18n import _
from integrations_app.modules import Module

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.orm import Session


class AiEndpoints(Module):
    """Models under names of their own, reached through any provider that can chat."""

    key = KEY
    title = _("AI endpoints")
    capability = CAPABILITY
    actions = actions.ALL

    def usages(self, uuid: UUID) -> Sequence[Usage]:
        """The endpoints that use the connection; without it they only stop answering."""
        from integrations_app.features.ai_endpoints import lookup

        return [
            Usage(
                label=_("AI endpoint {name}", name=name),
                url=None if routes.is_embedded() else routes.ai_endpoint(endpoint),
            )
            for endpoint, name in lookup.using(uuid)
        ]

    def references(self) -> "Sequence[Column[Any]]":
        """Return where endpoints refer to connections."""
        from integrations_app.features.ai_endpoints.table import AiEndpointRow

        return (AiEndpointRow.__table__.c.integration_uuid,)

    def repoint(self, old: UUID, new: UUID, *, transaction: "Session", actor: Actor) -> int:
        """Have the endpoints of one connection use another."""
        from integrations_app.features.ai_endpoints import service

        return service.repoint(transaction, old, new, actor=actor)

    def migrate_legacy(self) -> None:
        """Turn old keys and texts into connections and references."""
        from integrations_app.features.ai_endpoints import legacy

        legacy.migrate()
