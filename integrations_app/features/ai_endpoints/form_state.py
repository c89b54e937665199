"""One AI endpoint, new or stored: its form, a prompt to try it with, and its removal."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import reflex as rx

from integrations_app import routes
from integrations_app.domain.reply import Reply
from integrations_app.errors import DatabaseUnavailable, IntegrationError, InvalidUuid
from integrations_app.features.ai_endpoints import lookup, old_keys, prompting, service, wording
from integrations_app.features.ai_endpoints.errors import EndpointMissing
from integrations_app.features.ai_endpoints.listing_state import is_about_endpoints
from integrations_app.features.ai_endpoints.stored_state import StoredEndpoint
from integrations_app.features.ai_endpoints.views import title_of
from integrations_app.i18n import _
from integrations_app.services import catalogue
from integrations_app.services.blocking_pool import run_long
from integrations_app.services.connections import lookup as connections
from integrations_app.state import outage
from integrations_app.state.seen import read_only, subject_of, text_of
from integrations_app.state.session import AdminState, watching
from integrations_app.state.setup_form import focus


class EndpointForm(StoredEndpoint, AdminState):
    """State of the form, and all that can be done there."""

    asking: bool = False
    answer: str = ""
    answer_shortened: bool = False
    answer_problem: str = ""
    question: str = ""
    """What is asked before it is done: `remove`, `forget`, or nothing."""
    question_problem: str = ""
    asked_subject: str = ""
    """The endpoint and its version that the question is about."""

    _prompt_turn: int = 0
    """Which prompt is waited for; answers to others come too late."""

    @rx.var
    def title(self) -> str:
        """Return what tabs are told apart by."""
        if not self.loaded or not self.name:
            return _("AI endpoint")
        return _("{name} – AI endpoint", name=self.name)

    @rx.event
    @read_only
    async def load_new(self) -> None:
        """Show the form for a new endpoint."""
        await self._actor()
        if not (self.loaded and self.touched and not self.row_uuid):  # else the line was cut
            self._open(None)
            self._forget_answer()
        self.asked, self.question = "new", ""
        await self._reload_choices()

    @rx.event
    @read_only
    async def load(self) -> AsyncIterator[object]:
        """Show the endpoint of the address, or go back to the list."""
        await self._actor()
        asked: str = self.uuid  # pyright: ignore[reportAttributeAccessIssue] - of the address
        try:
            endpoint = await asyncio.to_thread(lookup.by_uuid, asked)
        except (EndpointMissing, InvalidUuid):
            yield rx.redirect(routes.AI_ENDPOINTS)
            yield rx.toast.error(_("AI endpoint not found"))
            return
        except DatabaseUnavailable:
            yield outage.load_again()
            return
        self.asked, self.question = asked, ""
        if self.touched and self.row_uuid == str(endpoint.uuid):
            await self._catch_up()  # the line was cut: what is being typed stays
        else:
            self._open(endpoint)
            self._forget_answer()
        await self._reload_choices()

    @rx.event(background=True)
    @read_only
    async def watch(self) -> AsyncIterator[None]:
        """Keep the page up; say so when someone else changes what the form shows."""
        async for batch in watching(self):
            async with self:
                if not batch.complete or any(map(is_about_endpoints, batch.facts)):
                    await self._catch_up()
                await self._follow(batch)
            yield

    @rx.event
    async def pick(self, event: dict[str, str], seen: str) -> None:
        """Pick another connection, or none; nothing is saved yet.

        Args:
            event: What the picker tells.
            seen: The form that was shown at the click.
        """
        del seen  # the guard has looked at it
        await self._actor()
        self._pick(event)
        self.touched, self.saved = True, False
        self.problems = {key: told for key, told in self.problems.items() if key != "integration"}
        await self._reload_choices()

    @rx.event(background=True)
    async def ask(self, form: dict[str, str], prompt: str, seen: str) -> AsyncIterator[object]:
        """Send a prompt to the model in the form, through the connection that is picked.

        Args:
            form: What stands in the fields.
            prompt: What the model is asked.
            seen: The form that was shown at the click.
        """
        async with self:
            actor = await self._actor()
            if self.asking or not self._shows(text_of(seen)):
                return
            self._clear_feedback()
            self._forget_answer()
            self.asking, draft, turn = True, self._draft(form), self._prompt_turn
        yield None
        event = None
        try:
            reply = await run_long(actor, prompting.ask, draft, str(prompt), actor=actor)
            told = await asyncio.to_thread(_explained, reply, draft.integration)
        except IntegrationError as error:
            async with self:
                event = self._not_asked(error) if turn == self._prompt_turn else None
        else:
            async with self:
                if turn == self._prompt_turn:
                    self.answer, self.answer_shortened = reply.text, reply.shortened
                    self.answer_problem = told
        finally:
            async with self:
                self.asking = self.asking and turn != self._prompt_turn
        yield event

    @rx.event
    async def ask_question(self, question: str, seen: str) -> None:
        """Ask before something is deleted.

        Args:
            question: `remove` or `forget`.
            seen: The form that was shown at the click.
        """
        await self._actor()
        self.asked_subject, self.question_problem = text_of(seen), ""
        self.question = question if question in ("remove", "forget") else ""

    @rx.event
    @read_only
    async def keep(self) -> None:
        """Close the question; nothing is deleted."""
        self.question = ""

    @rx.event
    async def remove(self, seen: str) -> AsyncIterator[object]:
        """Delete the endpoint and go back to the list.

        Args:
            seen: The form that was shown when the question was asked.
        """
        actor = await self._actor()
        if self.question != "remove":
            return
        self.question_problem = await self._remove(service.remove, seen, actor)
        if self.question_problem:
            return
        self.question, self.loaded = "", False
        yield rx.redirect(routes.AI_ENDPOINTS)
        yield rx.toast.success(_("{name} was removed.", name=self.name))

    @rx.event
    async def forget_key(self, seen: str) -> None:
        """Delete the endpoint's old key for good.

        Args:
            seen: The form that was shown when the question was asked.
        """
        actor = await self._actor()
        if self.question != "forget":
            return
        uuid, version = subject_of(seen)
        try:
            await asyncio.to_thread(old_keys.forget, uuid, actor=actor, expected_version=version)
        except IntegrationError as error:
            self.question_problem = wording.of_error(error)
            return
        self.question = ""
        await self._catch_up()

    def _close_questions(self) -> None:
        self.question = ""

    def _leave_behind(self) -> None:
        self.busy = self.asking = False

    def _forget_answer(self) -> None:
        self.asking, self._prompt_turn = False, self._prompt_turn + 1
        self.answer, self.answer_shortened, self.answer_problem = "", False, ""

    def _not_asked(self, error: IntegrationError) -> rx.event.EventSpec | None:
        self.problems = wording.of_fields(error)
        if not self.problems:
            self.answer_problem = wording.of_error(error)
            return None
        return focus(next(iter(self.problems)))


def _explained(reply: Reply, integration: UUID | None) -> str:
    """Return why there is no answer; empty if there is one."""
    if reply.reason is None:
        return ""
    key = connections.by_uuid(integration).provider
    return wording.of_reply(reply, title_of(catalogue.find(key), key))
