"""The list of AI endpoints: its address says which page, the database what is on it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from integrations_app import routes
from integrations_app.domain.actor import Actor
from integrations_app.domain.event import Event, Notice, NoticeKind
from integrations_app.domain.paging import Page, Standing
from integrations_app.errors import IntegrationError
from integrations_app.features.ai_endpoints import lookup, service, views, wording
from integrations_app.features.ai_endpoints.endpoint import KEY, EndpointSummary
from integrations_app.state.client_input import clean
from integrations_app.state.kept_order import Rows
from integrations_app.state.paged_list import PagedList
from integrations_app.state.row_removal import RowRemoval
from integrations_app.state.session import AdminState
from integrations_app.state.watching import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Query for a page of endpoints."""

    after: str = ""
    before: str = ""


def _page(asked: _Asked) -> Page[EndpointSummary]:
    return lookup.page(after=asked.after, before=asked.before)


def _standing(_asked: _Asked, uuids: Collection[UUID]) -> Standing[EndpointSummary]:
    return lookup.standing(uuids)


_rows = Rows(page=_page, standing=_standing, item=views.endpoint_item)


class EndpointList(RowRemoval, PagedList, AdminState):
    """One page of endpoints, kept up while it is open."""

    rows: list[views.EndpointItem] = []
    removing_has_old_key: bool = False

    _query: _Asked = _Asked()

    def _concerns(self, batch: Batch) -> bool:
        """Return whether the rows may look different now."""
        shown = {row.integration for row in self._seen}
        return not batch.complete or any(
            str(fact.uuid) in shown if isinstance(fact, Event) else is_about_endpoints(fact)
            for fact in batch.facts
        )

    def _ask_about(self, row: views.EndpointItem) -> None:
        super()._ask_about(row)
        self.removing_has_old_key = row.has_old_key

    def _refusal(self, error: IntegrationError) -> str:
        return wording.of_error(error)

    def _remove_stored(self, uuid: str | UUID, actor: Actor, version: int | None) -> None:
        service.remove(uuid, actor=actor, expected_version=version)

    def _source(self) -> Rows[Any, Any, Any]:
        return _rows

    def _asked(self) -> _Asked:
        return self._query

    def _read(self, told: Mapping[str, str]) -> None:
        cursors = {key: clean(told.get(key, "")) for key in ("after", "before")}
        self._query = _Asked(**cursors)

    def _link(self, **changes: str) -> str:
        return routes.ai_endpoints(**changes)


def is_about_endpoints(fact: object) -> bool:
    """Return whether this is told of a change of endpoints."""
    return (
        isinstance(fact, Notice) and fact.kind is NoticeKind.MODULE_CHANGED and fact.module == KEY
    )
