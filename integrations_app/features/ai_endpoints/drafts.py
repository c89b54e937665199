"""Drafts of AI endpoints: which can be saved, and in what two of them differ."""

from integrations_app.features.ai_endpoints.endpoint import (
    MODEL_MAX_LENGTH,
    NAME_MAX_LENGTH,
    Draft,
)
from integrations_app.services.rows import texts
from integrations_app.services.rows.texts import TextRule

NAME, MODEL, INTEGRATION = "name", "model", "integration"
"""Fields, as errors, pages and the audit log name them."""

RULES = {
    NAME: TextRule(max_length=NAME_MAX_LENGTH),
    MODEL: TextRule(max_length=MODEL_MAX_LENGTH),
}


def checked(draft: Draft) -> Draft:
    """Return the draft with its texts trimmed.

    Raises:
        InvalidFields: A text that cannot be saved.
    """
    trimmed = texts.checked({NAME: draft.name, MODEL: draft.model}, RULES)
    return Draft(name=trimmed[NAME], model=trimmed[MODEL], integration=draft.integration)


def differing(before: Draft, after: Draft) -> tuple[str, ...]:
    """Return the names of the fields in which two drafts differ."""
    return texts.differing(before, after, (NAME, MODEL, INTEGRATION))


def filled(draft: Draft) -> tuple[str, ...]:
    """Return the names of the fields in which something stands."""
    return (NAME, MODEL, INTEGRATION) if draft.integration else (NAME, MODEL)
