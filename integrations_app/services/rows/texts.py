"""Texts that people type for a row, and in what two drafts of it differ."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from integrations_app.errors import FieldProblem, InvalidFields

_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule:
    """Condition that a text of one line has to meet.

    Attributes:
        max_length: Longest text, in characters, once it is trimmed.
        is_required: An empty text is refused.
    """

    max_length: int
    is_required: bool = True


def checked(texts: Mapping[str, str], rules: Mapping[str, TextRule]) -> dict[str, str]:
    """Return the texts trimmed.

    Args:
        texts: Field to text.
        rules: Field to its rule, for each field.

    Raises:
        InvalidFields: Texts that cannot be saved, all of them at once.
    """
    trimmed = {field: text.strip() for field, text in texts.items()}
    problems = {field: problem_of(text, rules[field]) for field, text in trimmed.items()}
    known_problems = {field: problem for field, problem in problems.items() if problem is not None}
    if known_problems:
        raise InvalidFields(known_problems)
    return trimmed


def problem_of(text: str, rule: TextRule) -> FieldProblem | None:
    """Return why a trimmed text cannot be saved; None if it can."""
    if not text:
        return FieldProblem.REQUIRED if rule.is_required else None
    if len(text) > rule.max_length:
        return FieldProblem.TOO_LONG
    if any(unicodedata.category(character) in _INVISIBLE for character in text):
        return FieldProblem.CONTROL_CHARACTERS
    return None


def differing(before: object, after: object, fields: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the fields in which two drafts differ, in this order."""
    return tuple(field for field in fields if getattr(before, field) != getattr(after, field))
