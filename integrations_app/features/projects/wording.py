"""Messages for what can go wrong with projects."""

from integrations_app import errors
from integrations_app.errors import FieldProblem, IntegrationError
from integrations_app.features.projects.errors import NameTaken, ProjectMissing
from integrations_app.features.projects.project import (
    DESCRIPTION,
    DESCRIPTION_MAX_LENGTH,
    NAME,
    NAME_MAX_LENGTH,
)
from integrations_app.i18n import _
from integrations_app.state import wording

_LIMITS = {NAME: NAME_MAX_LENGTH, DESCRIPTION: DESCRIPTION_MAX_LENGTH}


def of_error(error: IntegrationError) -> str:
    """Return what happened and what to do, for an error that belongs to no single field."""
    if isinstance(error, ProjectMissing):
        return _("This was removed meanwhile.")
    return wording.of_error(error)


def of_fields(error: IntegrationError) -> dict[str, str]:
    """Field to what is wrong with it; empty if the error is about something else."""
    if isinstance(error, NameTaken):
        return {NAME: _("This name is already taken. Choose another one.")}
    if isinstance(error, errors.InvalidFields):
        return {field: _of_problem(field, problem) for field, problem in error.fields.items()}
    return {}


def of_field(field: str) -> str:
    """Return what a field is called in a sentence."""
    return {NAME: _("the name"), DESCRIPTION: _("the description")}[field]


def _of_problem(field: str, problem: FieldProblem) -> str:
    match problem:
        case FieldProblem.REQUIRED:
            return _("Give it a name.")
        case FieldProblem.TOO_LONG:
            return _("This is too long; {limit} characters fit.", limit=_LIMITS[field])
        case _other:
            return _("This has invisible characters. Type it again.")
