"""Answers to forms that the person has left before they came."""

import reflex as rx

from integrations_app.i18n import _
from integrations_app.state import form_answer
from integrations_app.state.form_answer import FormAnswer
from integrations_app.state.seen import read_only
from integrations_app.state.session import AdminState, without_database

_READABLE_MS = 20_000
_NAME_MAX_LENGTH = 200


class LeftForms(AdminState):
    """Part of every page: says how it ended what was asked for on another one."""

    @rx.event
    @without_database
    @read_only
    async def answered(self, text: str) -> rx.event.EventSpec | None:
        """Tell how it ended.

        Args:
            text: A `FormAnswer` as JSON, handed on by the page's script.
        """
        answer = form_answer.read(text)
        return None if answer is None else _notice(answer)


def _notice(answer: FormAnswer) -> rx.event.EventSpec | None:
    name = answer.name[:_NAME_MAX_LENGTH] or _("The form that you left")
    problems = [answer.problem, *answer.problems.values()]
    problem = next((each for each in problems if each), "")
    if answer.conflict:
        problem = _("Someone else changed {fields} meanwhile.", fields=answer.conflict)
    if problem:
        told = _("{name}: {problem}", name=name, problem=problem)
        return rx.toast.error(told, duration=_READABLE_MS, close_button=True)
    if answer.outcome:
        told = _("{name}: {outcome}", name=name, outcome=answer.outcome)
        return rx.toast.success(told) if answer.outcome_ok else rx.toast.error(told)
    return rx.toast.success(_("{name} was saved.", name=name)) if answer.is_done else None
