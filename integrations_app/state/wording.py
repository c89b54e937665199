"""Errors, statuses and problems of fields as sentences for people."""

from integrations_app import errors
from integrations_app.domain.provider import Provider
from integrations_app.errors import FieldProblem, IntegrationError
from integrations_app.i18n import _, listing

NAME_FIELD = "name"


def of_error(error: IntegrationError) -> str:
    """What happened and what to do, for an error that belongs to no single field."""
    if isinstance(error, errors.DatabaseUnavailable):
        return _(
            "The database cannot be reached right now. Nothing you typed is lost; try again "
            "in a moment."
        )
    if isinstance(error, errors.NotFound | errors.Deleted):
        return _("This integration was removed meanwhile.")
    if isinstance(error, errors.UnknownProvider):
        return _("This service is not available any more.")
    if isinstance(error, errors.InUse):
        return _(
            "It cannot be removed while it is used by {places}.",
            places=listing([usage.label for usage in error.usages]),
        )
    if isinstance(error, errors.KeyRingMismatch | errors.InvalidSetting):
        return _("The encryption keys are not in order. Ask whoever runs this server.")
    return _("That did not work. Try again; if it goes on, ask whoever runs this server.")


def of_name(error: IntegrationError) -> str | None:
    """What is wrong with the typed name; None if the error is about something else."""
    if isinstance(error, errors.EmptyName):
        return _("Give the connection a name.")
    if isinstance(error, errors.InvalidName):
        return _(
            "Use 1 to 100 letters, digits, hyphens or underscores, beginning with a letter or "
            "a digit."
        )
    if isinstance(error, errors.AlreadyExists):
        return _("This name is already taken. Choose another one.")
    return None


def of_fields(error: IntegrationError, provider: Provider) -> dict[str, str]:
    """Field key to what is wrong with its value; empty if the error is about something else."""
    name = of_name(error)
    if name is not None:
        return {NAME_FIELD: name}
    if isinstance(error, errors.InvalidFields):
        return {key: of_problem(problem, key, provider) for key, problem in error.fields.items()}
    if isinstance(error, errors.SecretRequired):
        return {
            key: of_problem(FieldProblem.SECRET_REQUIRED, key, provider) for key in error.fields
        }
    return {}


def of_problem(problem: FieldProblem, key: str, provider: Provider) -> str:
    """What is wrong with one value, and what would be right."""
    field = provider.setup_field(key)
    label = field.label if field else key
    match problem:
        case FieldProblem.REQUIRED:
            return _("{label} is needed.", label=label)
        case FieldProblem.SECRET_REQUIRED:
            return _("The address was changed, so enter {label} again.", label=label)
        case FieldProblem.TOO_LONG:
            limit = field.max_length if field else 0
            return _("{label} is too long; {limit} characters fit.", label=label, limit=limit)
        case FieldProblem.CONTROL_CHARACTERS:
            return _("{label} has invisible characters. Copy it again.", label=label)
        case FieldProblem.PATTERN:
            help_text = _(field.pattern_help) if field and field.pattern_help else ""
            return help_text or _("{label} does not look right. Check it.", label=label)
        case FieldProblem.NOT_AN_OPTION:
            return _("Choose one of the options.")
        case FieldProblem.NOT_A_NUMBER:
            return _("Enter a whole number.")
        case FieldProblem.NOT_AN_ADDRESS:
            return _("Enter an address that begins with https://.")
        case _unknown:
            return _("{label} cannot be saved like this.", label=label)
