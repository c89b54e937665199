"""The question before a row of a module's list is removed."""

import asyncio
from typing import Any, cast
from uuid import UUID

import reflex as rx

from integrations_app.domain.actor import Actor
from integrations_app.errors import Conflict, IntegrationError
from integrations_app.i18n import _
from integrations_app.state.paged_list import PagedList
from integrations_app.state.seen import read_only, subject_of, text_of
from integrations_app.state.session import AdminState


class RowRemoval(rx.State, mixin=True):
    """Part of a list's state whose rows can be removed, as `PagedList` is."""

    removing_subject: str = ""
    """The row and its version, as the page spells them; empty while nothing is asked."""
    removing_name: str = ""
    removal_problem: str = ""

    @rx.event
    async def ask_removal(self, seen: str) -> None:
        """Ask before a row is removed.

        Args:
            seen: The row that was shown at the click.
        """
        await self._page()._actor()
        row = self._list()._row(text_of(seen))
        self.removal_problem = ""
        if row is not None:
            self._ask_about(row)
            self.removing_subject = text_of(seen)

    @rx.event
    @read_only
    async def keep(self) -> None:
        """Close the question; nothing is removed."""
        self.removing_subject = ""

    @rx.event
    async def remove(self, seen: str) -> list[rx.event.EventSpec]:
        """Remove what was asked about.

        Args:
            seen: The row that was shown when the question was asked.
        """
        actor = await self._page()._actor()
        if self.removing_subject != text_of(seen):
            return []
        uuid, version = subject_of(seen)
        try:
            await asyncio.to_thread(self._remove_stored, uuid, actor, version)
        except Conflict as error:  # the question is about what is no more
            self.removing_subject = ""
            return [rx.toast.error(self._refusal(error))]
        except IntegrationError as error:
            self.removal_problem = self._refusal(error)
            return []
        self.removing_subject = ""
        turned_back = await self._list()._reload(without=uuid)
        return [rx.toast.success(_("{name} was removed.", name=self.removing_name)), *turned_back]

    def _close_questions(self) -> None:
        self.removing_subject = ""

    def _ask_about(self, row: Any) -> None:
        """Show what the question says of a row."""
        self.removing_name = row.name

    def _refusal(self, error: IntegrationError) -> str:
        """Say why a row was not removed."""
        raise NotImplementedError

    def _remove_stored(self, uuid: str | UUID, actor: Actor, version: int | None) -> None:
        """Remove a row for good; called in a thread.

        Raises:
            IntegrationError: It was not removed.
        """
        raise NotImplementedError

    def _page(self) -> AdminState:
        return cast("AdminState", self)

    def _list(self) -> PagedList:
        return cast("PagedList", self)
