"""Errors, statuses and problems of fields as sentences for people."""

from collections.abc import Sequence

from integrations_app import errors
from integrations_app.domain.authorization import Outcome
from integrations_app.domain.check import CheckReason, CheckResult
from integrations_app.domain.explanation import explain
from integrations_app.domain.provider import Provider
from integrations_app.domain.usage import Usage
from integrations_app.errors import FieldProblem, IntegrationError
from integrations_app.i18n import _, listing, ngettext
from integrations_app.services.credentials.pasted_values import Removed

NAME_FIELD = "name"

_PLACES_NAMED = 5


def of_error(error: IntegrationError) -> str:
    """Return what happened and what to do, for an error that belongs to no single field."""
    if isinstance(error, errors.DatabaseUnavailable):
        return _of_database(error)
    if isinstance(error, errors.NotFound | errors.Deleted):
        return _("This connection was removed meanwhile.")
    if isinstance(error, errors.UnknownProvider | errors.ProviderNotDeclared):
        return _(
            "This server does not know the service “{provider}”. Whoever runs it has to install "
            "the package that it comes with.",
            provider=error.provider,
        )
    if isinstance(error, errors.ClientCredentialsNotConfigured | errors.ClientIdNotConfigured):
        return _("Save the client ID and the client secret first.")
    if isinstance(error, errors.TokenExchangeFailed):
        return _("The credentials were changed meanwhile. Connect the account again.")
    if isinstance(error, errors.Undecryptable):
        return explain(CheckReason.UNDECRYPTABLE, {}, provider="")
    if isinstance(error, errors.KeyRingMismatch | errors.InvalidSetting):
        return _("The encryption keys are not in order. Ask whoever runs this server.")
    return _of_change(error) or _(
        "That did not work. Try again; if it goes on, ask whoever runs this server."
    )


def _of_database(error: errors.DatabaseUnavailable) -> str:
    match error:
        case errors.DatabaseFull():
            return _(
                "The database has no room left on its disk, so nothing was saved. What you typed "
                "is still here; whoever runs this server has to make room."
            )
        case errors.DatabaseReadOnly():
            return _(
                "The database takes no changes right now, so nothing was saved. What you typed is "
                "still here; try again in a moment."
            )
        case errors.DatabaseBusy():
            return _(
                "The database was busy with other changes, so nothing was saved. What you typed "
                "is still here; try again."
            )
        case errors.DatabaseMisconfigured():
            return _(
                "The database cannot be used as it is set up. Nothing you typed is lost; whoever "
                "runs this server finds the cause with `integrations doctor`."
            )
        case _other:
            return _(
                "The database cannot be reached right now. Nothing you typed is lost; try again "
                "in a moment."
            )


def _of_change(error: IntegrationError) -> str:
    """Return why others' changes or uses stand in the way; empty if they do not."""
    if isinstance(error, errors.InUse):
        return _(
            "It cannot be removed while it is used by {places}.",
            places=_places(error.usages),
        )
    if isinstance(error, errors.CannotReplace):
        return _("No other connection can be used by {places}.", places=_places(error.usages))
    if isinstance(error, errors.UsagesChanged):
        return _("The places that use it have changed meanwhile. Look at them, then choose again.")
    if isinstance(error, errors.Conflict):
        return _(
            "Someone changed this meanwhile, so nothing was done. Look at what it is now, then "
            "try again."
        )
    if isinstance(error, errors.ModuleFailed):
        return _(
            "Nothing was changed, since the module {module} failed. The server's log says where.",
            module=error.module,
        )
    return ""


def of_result(result: CheckResult) -> str:
    """Return how a check ended, and what to do about it."""
    if result.ok:
        return _("Connection verified")
    if result.reason is CheckReason.NOT_TESTABLE:
        return result.message
    return _("Test failed: {message}", message=result.message)


def of_field(provider: Provider, key: str) -> str:
    """Return what a field is called in a sentence."""
    if key == NAME_FIELD:
        return _("the name")
    field = provider.setup_field(key)
    return _(field.label) if field else key


def of_unrevoked_account(provider: str) -> str:
    """Return what to do about an account that is not used, and may still have given access.

    Args:
        provider: The provider's title.
    """
    return _(
        "But {provider} did not confirm that the other account's access has ended. Remove this "
        "app's access in that account's own settings at {provider}.",
        provider=provider,
    )


def of_unrevoked(provider: str) -> str:
    """Return what to do after disconnecting from a provider that did not confirm it.

    Args:
        provider: The provider's title.
    """
    return _(
        "The account is disconnected here, but {provider} did not confirm that the access has "
        "ended. Remove this app's access in the account's own settings at {provider}.",
        provider=provider,
    )


def _places(usages: Sequence[Usage]) -> str:
    """The places by name; if they are many, the first and how many more."""
    named = [usage.label for usage in usages[:_PLACES_NAMED]]
    more = len(usages) - len(named)
    rest = [ngettext("{n} more place", "{n} more places", more)] if more else []
    return listing([*named, *rest])


def of_return(outcome: Outcome, provider: str) -> str:
    """Return how the way to a provider and back ended, and what to do about it.

    Args:
        outcome: How it ended; `CONNECTED` and `OTHER_ACCOUNT` are told by the page itself.
        provider: The provider's title.
    """
    match outcome:
        case Outcome.CANCELLED:
            return _(
                "You did not grant access at {provider}, so nothing was changed. Connect again "
                "whenever you like.",
                provider=provider,
            )
        case Outcome.REFUSED:
            return _(
                "{provider} did not allow this. Check the client's settings and permissions there, "
                "then connect again.",
                provider=provider,
            )
        case Outcome.STATE_MISMATCH:
            return _(
                "The security check failed: this sign-in was not begun in this browser, was used "
                "already, or took longer than 10 minutes. Nothing was changed. Connect again."
            )
        case Outcome.CLIENT_REFUSED:
            return _(
                "{provider} does not accept the client ID and secret. Check them in step 1, then "
                "connect again.",
                provider=provider,
            )
        case Outcome.EXCHANGE_REFUSED:
            return _(
                "{provider} did not complete the sign-in. Check that the redirect address is "
                "registered there exactly as shown, then connect again.",
                provider=provider,
            )
        case Outcome.UNTRUSTED:
            return _(
                "No safe connection to {provider} could be made to complete the sign-in, so "
                "nothing was changed. The operator can say which certificates are trusted "
                "(SSL_CERT_FILE).",
                provider=provider,
            )
        case Outcome.CHANGED_MEANWHILE:
            return _(
                "Someone changed this connection while you were at {provider}. Check the fields, "
                "then connect again.",
                provider=provider,
            )
        case _other:
            return _(
                "{provider} could not be reached to complete the sign-in. Nothing was changed. "
                "Connect again in a moment.",
                provider=provider,
            )


def of_removed(kinds: Sequence[Removed]) -> str:
    """Return what was pasted along with a key, and is no part of it."""
    words = {
        Removed.SPACES: _("spaces"),
        Removed.INVISIBLE: _("invisible characters"),
        Removed.QUOTES: _("quotation marks"),
        Removed.BEARER: _("“Bearer”"),
        Removed.VARIABLE: _("the name before the equals sign"),
    }
    return _(
        "Removed from what you pasted: {parts}.", parts=listing([words[kind] for kind in kinds])
    )


def of_name(error: IntegrationError) -> str | None:
    """Return what is wrong with the typed name; None if the error is about something else."""
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
    """Return what is wrong with one value, and what would be right."""
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


def of_category(category: str) -> str:
    """Name a provider's category; modules may have some of their own."""
    match category:
        case "ai":
            return _("Artificial intelligence")
        case "productivity":
            return _("Productivity")
        case "other":
            return _("Other services")
        case _other:
            return category.replace("_", " ").capitalize()
