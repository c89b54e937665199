"""What may be said of a project, and in what two sayings differ."""

import unicodedata

from integrations_app.errors import FieldProblem, InvalidFields
from integrations_app.features.projects.project import (
    DESCRIPTION,
    DESCRIPTION_MAX_LENGTH,
    NAME,
    NAME_MAX_LENGTH,
    Draft,
)

_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def checked(draft: Draft) -> Draft:
    """The draft with its texts trimmed.

    Raises:
        InvalidFields: A text that cannot be saved.
    """
    name, description = draft.name.strip(), draft.description.strip()
    found = {
        NAME: _problem_of(name, limit=NAME_MAX_LENGTH) if name else FieldProblem.REQUIRED,
        DESCRIPTION: _problem_of(description, limit=DESCRIPTION_MAX_LENGTH),
    }
    problems = {field: problem for field, problem in found.items() if problem is not None}
    if problems:
        raise InvalidFields(problems)
    return Draft(name=name, description=description)


def differing(before: Draft, after: Draft) -> tuple[str, ...]:
    """Names of the fields in which two drafts differ."""
    fields = (NAME, DESCRIPTION)
    return tuple(field for field in fields if getattr(before, field) != getattr(after, field))


def _problem_of(text: str, *, limit: int) -> FieldProblem | None:
    if len(text) > limit:
        return FieldProblem.TOO_LONG
    if any(unicodedata.category(each) in _INVISIBLE for each in text):
        return FieldProblem.CONTROL_CHARACTERS
    return None
