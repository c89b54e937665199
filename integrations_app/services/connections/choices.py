"""Connections for a consumer to choose from."""

from integrations_app.domain.choice import ALL_LIMIT, SOME_LIMIT, ChoiceQuery, Choices
from integrations_app.domain.provider import Provider
from integrations_app.services import catalogue
from integrations_app.services.connections.list_pages import summary
from integrations_app.storage import choices
from integrations_app.storage.engine import database


def find(query: ChoiceQuery) -> Choices:
    """All that match if they are few enough, else the first; always what is selected, too.

    Raises:
        DatabaseUnavailable: The database cannot be asked.
    """
    most = SOME_LIMIT if query.search else ALL_LIMIT
    rows_found = database().fetch(
        choices.matching(
            providers=_offered(query),
            search=query.search,
            titled=_titled(query.search),
            limit=most + 1,
        )
    )
    more = len(rows_found) > most
    rows = [summary(row) for row in (rows_found[:SOME_LIMIT] if more else rows_found)]
    absent = set(query.selected) - {row.uuid for row in rows}
    if absent:
        rows += [summary(row) for row in database().fetch(choices.these(absent))]
    return Choices(rows=tuple(rows), more=more)


def includes(query: ChoiceQuery, provider: str | None) -> bool:
    """Return whether connections of this provider are among what is asked for."""
    offered = _offered(query)
    return offered is None or provider in offered


def _offered(query: ChoiceQuery) -> list[str] | None:
    """Keys of the providers that are asked for; None for any, declared or not."""
    if not query.capabilities:
        return [query.provider] if query.provider else None
    return [
        provider.key
        for provider in catalogue.all_providers()
        if query.capabilities <= set(provider.capabilities) and query.provider in ("", provider.key)
    ]


def _titled(search: str) -> list[str]:
    return [
        provider.key
        for provider in catalogue.all_providers()
        if _has_part(provider, search.lower())
    ]


def _has_part(provider: Provider, part: str) -> bool:
    return part in provider.title.lower() or part in provider.key
