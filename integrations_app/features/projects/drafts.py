"""Drafts of projects: which can be saved, and in what two of them differ."""

from integrations_app.features.projects.project import (
    DESCRIPTION,
    DESCRIPTION_MAX_LENGTH,
    NAME,
    NAME_MAX_LENGTH,
    Draft,
)
from integrations_app.services.rows import texts
from integrations_app.services.rows.texts import TextRule

_RULES = {
    NAME: TextRule(max_length=NAME_MAX_LENGTH),
    DESCRIPTION: TextRule(max_length=DESCRIPTION_MAX_LENGTH, is_required=False),
}


def checked(draft: Draft) -> Draft:
    """Return the draft with its texts trimmed.

    Raises:
        InvalidFields: A text that cannot be saved.
    """
    trimmed = texts.checked({NAME: draft.name, DESCRIPTION: draft.description}, _RULES)
    return Draft(name=trimmed[NAME], description=trimmed[DESCRIPTION])


def differing(before: Draft, after: Draft) -> tuple[str, ...]:
    """Return the names of the fields in which two drafts differ."""
    return texts.differing(before, after, (NAME, DESCRIPTION))
