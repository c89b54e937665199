"""AI endpoints as pages show them: texts only, nothing secret."""

from dataclasses import dataclass

from integrations_app.domain.provider import Provider
from integrations_app.features.ai_endpoints.endpoint import EndpointSummary
from integrations_app.services import catalogue
from integrations_app.state.views import icon_of


@dataclass(frozen=True, kw_only=True)
class EndpointItem:
    """A row of the list; `integration` is empty for none, `connection` if it is gone."""

    uuid: str = ""
    name: str = ""
    model: str = ""
    integration: str = ""
    connection: str = ""
    service: str = ""
    icon: str = ""
    status: str = ""
    has_old_key: bool = False
    version: int = 0


def endpoint_item(line: EndpointSummary) -> EndpointItem:
    """A row of the list from what is stored."""
    provider = catalogue.find(line.provider) if line.provider else None
    return EndpointItem(
        uuid=str(line.uuid),
        name=line.name,
        model=line.model,
        integration=str(line.integration) if line.integration else "",
        connection=line.connection or "",
        service=title_of(provider, line.provider or ""),
        icon=icon_of(provider),
        status=line.status.value if line.status else "",
        has_old_key=line.has_old_key,
        version=line.version,
    )


def title_of(provider: Provider | None, key: str) -> str:
    """Return what people call a provider, or its key if it is no longer declared."""
    return provider.title if provider else key
