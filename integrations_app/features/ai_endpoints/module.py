"""AI endpoints as a module of the app."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.domain.usage import Usage
from integrations_app.features.ai_endpoints import legacy, lookup, service
from integrations_app.features.ai_endpoints.endpoint import KEY
from integrations_app.i18n import _
from integrations_app.modules import Module
from integrations_app.services.prompts import CAPABILITY


class AiEndpoints(Module):
    """Models under names of their own, reached through any provider that can chat."""

    key = KEY
    title = _("AI endpoints")
    capability = CAPABILITY

    def usages(self, uuid: UUID) -> Sequence[Usage]:
        """The endpoints that use the connection; without it they only stop answering."""
        return [
            Usage(
                label=_("AI endpoint {name}", name=name),
                url=None if routes.is_embedded() else routes.ai_endpoint(endpoint),
            )
            for endpoint, name in lookup.using(uuid)
        ]

    def repoint(self, old: UUID, new: UUID, *, transaction: Session, actor: Actor) -> int:
        """Have the endpoints of one connection use another."""
        return service.repoint(transaction, old, new, actor=actor)

    def migrate_legacy(self) -> None:
        """Turn old keys and texts into connections and references."""
        legacy.migrate()
