"""The common part of the forms for new and stored connections: fields, problems, the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import reflex as rx

from integrations_app.domain.check import CheckResult
from integrations_app.domain.provider import Provider
from integrations_app.services.credentials import pasted_values
from integrations_app.state import views, wording
from integrations_app.state.form_answer import FormAnswer
from integrations_app.state.seen import read_only

NAME_FIELD = wording.NAME_FIELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """Values that a form sent, read without trust: texts under known keys.

    Attributes:
        name: The connection's name as typed.
        values: Setup key to text.
        removed: Setup key to what was pasted along with a key, and is not in `values`.
    """

    name: str
    values: Mapping[str, str] = field(repr=False)
    removed: Mapping[str, tuple[pasted_values.Removed, ...]] = field(default_factory=dict)


def read(form: object, provider: Provider) -> Submitted:
    """The name and the declared fields of what a browser sent; all else is left out."""
    sent = form if isinstance(form, Mapping) else {}
    texts = {key: value for key, value in sent.items() if isinstance(value, str)}
    values = {each.key: texts[each.key] for each in provider.fields if each.key in texts}
    freed = pasted_values.clean(provider, values)
    return Submitted(name=texts.get(NAME_FIELD, ""), values=freed.values, removed=freed.removed)


class SetupForm(rx.State, mixin=True):
    """Vars and steps of a form; each page's state has its own copy."""

    fields: list[views.FieldItem] = []
    problems: dict[str, str] = {}
    problem: str = ""
    removed: dict[str, str] = {}
    """What was pasted along with a key, and is not stored or sent; in words, by field."""
    outcome: str = ""
    outcome_ok: bool = False
    busy: str = ""
    revealed: list[str] = []

    _turn: int = 0

    def _leave_behind(self) -> None:
        self.busy = ""

    def _begin(self, what: str) -> int:
        """Be busy with this; what was under way goes on unseen.

        Returns:
            The turn, by which the work knows at its end whether anyone still waits for it.
        """
        self.busy, self._turn = what, self._turn + 1
        return self._turn

    def _end(self, turn: int) -> None:
        if turn == self._turn:
            self.busy = ""

    def _clear_feedback(self) -> None:
        self.problems, self.problem, self.outcome, self.outcome_ok = {}, "", "", False
        self.removed = {}

    def _show_answer(self, answer: FormAnswer) -> rx.event.EventSpec | None:
        """Show how it ended what the form asked for, or that it has begun.

        Returns:
            A move of the keyboard to the first field with a problem.
        """
        if answer.is_begun:
            self._clear_feedback()
            self._begin(answer.action)
            return None
        if self.busy == answer.action:
            self._end(self._turn)
        known = {NAME_FIELD, *(field.key for field in self.fields)}
        self.problems = {key: told for key, told in answer.problems.items() if key in known}
        self.removed = {key: told for key, told in answer.removed.items() if key in known}
        self.problem, self.outcome = answer.problem, answer.outcome
        self.outcome_ok = answer.outcome_ok
        return focus(next(iter(self.problems))) if self.problems else None

    def _show_result(self, result: CheckResult) -> None:
        self.outcome, self.outcome_ok = wording.of_result(result), result.ok

    @rx.event
    @read_only
    async def reveal(self, key: str) -> None:
        """Show or hide what is being typed into a secret field."""
        if key in self.revealed:
            self.revealed = [each for each in self.revealed if each != key]
        elif any(field.key == key for field in self.fields if field.secret):
            self.revealed = [*self.revealed, key]


def focus(key: str) -> rx.event.EventSpec:
    """Move the keyboard to a field of the form."""
    return rx.call_script(f"document.getElementById({field_id(key)!r})?.focus()")


def field_id(key: str) -> str:
    """The DOM id of a field's control."""
    return f"field-{key}"
