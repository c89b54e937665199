"""Answers to what the forms of connections send, on their way from the endpoint to the page.

The page's script hands them on to the page's state; whatever comes from a browser may be anything,
so the state reads them as it reads every other text.
"""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

Action = Literal["create", "try", "save", "test", "connect"]

ANSWER_MAX_LENGTH = 100_000
"""Characters of an answer as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAnswer:
    """Answer to what a form asked for; while that is under way, that it has begun.

    Attributes:
        action: What was asked for.
        subject: The form's identity as the browser had it: connection and version, or provider.
        is_begun: The answer is still to come.
        is_done: It is stored, created or on its way.
        is_stored: What was typed is stored, although what was to follow could not be done.
        name: The name that was typed, for whoever has left the form.
        uuid: The connection that was created.
        leave_for: Address of the provider's page that connects an account.
        outcome: What a check found, in words.
        outcome_ok: Whether it found that the credentials work.
        problems: Field to what is wrong with it.
        problem: What is wrong otherwise.
        removed: Field to what was pasted along with a key and left out, in words.
        conflict: What somebody else changed meanwhile, in words.
        conflict_version: The version with these changes.
    """

    action: Action
    subject: str = ""
    is_begun: bool = False
    is_done: bool = False
    is_stored: bool = False
    name: str = ""
    uuid: UUID | None = None
    leave_for: str = ""
    outcome: str = ""
    outcome_ok: bool = False
    problems: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    removed: dict[str, str] = field(default_factory=dict)
    conflict: str = ""
    conflict_version: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the answer as the page's script gets it."""
        return _ADAPTER.dump_python(self, mode="json")


def read(text: object) -> FormAnswer | None:
    """Return the answer that a page's script hands on; None if it is not one."""
    if not isinstance(text, str) or len(text) > ANSWER_MAX_LENGTH:
        return None
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError:
        return None


_ADAPTER = TypeAdapter(FormAnswer)
