"""What may be said of an AI endpoint, and in what two sayings differ."""

import unicodedata

from integrations_app.errors import FieldProblem, InvalidFields
from integrations_app.features.ai_endpoints.endpoint import (
    MODEL_MAX_LENGTH,
    NAME_MAX_LENGTH,
    Draft,
)

NAME, MODEL, INTEGRATION = "name", "model", "integration"
"""Fields, as errors, pages and the audit log name them."""

_LIMITS = {NAME: NAME_MAX_LENGTH, MODEL: MODEL_MAX_LENGTH}
_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def checked(draft: Draft) -> Draft:
    """The draft with its texts trimmed.

    Raises:
        InvalidFields: A text that cannot be saved.
    """
    texts = {NAME: draft.name.strip(), MODEL: draft.model.strip()}
    found = {field: problem_of(text, limit=_LIMITS[field]) for field, text in texts.items()}
    problems = {field: problem for field, problem in found.items() if problem is not None}
    if problems:
        raise InvalidFields(problems)
    return Draft(name=texts[NAME], model=texts[MODEL], integration=draft.integration)


def problem_of(text: str, *, limit: int) -> FieldProblem | None:
    """Return what is wrong with a trimmed text of one line; None if it can be saved."""
    if not text:
        return FieldProblem.REQUIRED
    if len(text) > limit:
        return FieldProblem.TOO_LONG
    if any(unicodedata.category(each) in _INVISIBLE for each in text):
        return FieldProblem.CONTROL_CHARACTERS
    return None


def differing(before: Draft, after: Draft) -> tuple[str, ...]:
    """Names of the fields in which two drafts differ."""
    return tuple(
        field
        for field in (NAME, MODEL, INTEGRATION)
        if getattr(before, field) != getattr(after, field)
    )


def filled(draft: Draft) -> tuple[str, ...]:
    """Names of the fields in which something stands."""
    return (NAME, MODEL, INTEGRATION) if draft.integration else (NAME, MODEL)
