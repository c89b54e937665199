"""Failures in words, for the people who meet them where a page's script posts something."""

import math

from integrations_app import settings
from integrations_app.errors import (
    Conflict,
    DatabaseMisconfigured,
    DatabaseReadOnly,
    DatabaseUnavailable,
    EmailTaken,
    IntegrationError,
    InvalidEmail,
    InvalidInput,
    InvalidUuid,
    Missing,
    NotSignedIn,
    SetupTokenInvalid,
    SignInRefused,
    TooManyAttempts,
    WeakPassword,
)
from integrations_app.i18n import _, ngettext

STATUS: dict[type[IntegrationError], int] = {
    NotSignedIn: 401,
    SignInRefused: 401,
    SetupTokenInvalid: 403,
    InvalidEmail: 422,
    WeakPassword: 422,
    InvalidInput: 422,
    Conflict: 409,
    Missing: 404,
    InvalidUuid: 404,
    EmailTaken: 409,
    TooManyAttempts: 429,
    DatabaseUnavailable: 503,
}


def status_of(error: IntegrationError) -> int:
    """The HTTP status that says so."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def of_error(error: IntegrationError) -> str:
    """Return what went wrong, and what to do about it."""
    match error:
        case NotSignedIn():
            return _("You are not signed in any more. Sign in again.")
        case Missing() | InvalidUuid():
            return _("That is not there any more.")
        case SignInRefused():
            return _("Email and password do not match.")
        case TooManyAttempts():
            minutes = math.ceil(error.retry_after_s / 60)
            return ngettext(
                "Too many attempts. Try again in {n} minute.",
                "Too many attempts. Try again in {n} minutes.",
                minutes,
            )
        case SetupTokenInvalid():
            return _(
                "This link has been used or replaced. While there is no admin, "
                "each start of the server prints a new one."
            )
        case InvalidEmail():
            return _("That is not an email address.")
        case WeakPassword():
            return _(
                "A password has {least} to {most} characters.",
                least=error.min_length,
                most=error.max_length,
            )
        case EmailTaken():
            return _("There is an admin with this email already.")
        case DatabaseReadOnly():
            return _("The database takes no changes right now. Try again in a moment.")
        case DatabaseMisconfigured():
            return _(
                "The database cannot be used as it is set up. Whoever runs this server finds the "
                "cause with `integrations doctor`."
            )
        case DatabaseUnavailable():
            return _("The database cannot be reached. Try again in a moment.")
        case _other:
            return _("Something went wrong; the log says what.")


def of_refusal(code: str) -> str:
    """Return why a request was not even looked at."""
    match code:
        case "foreign_origin":
            return _(
                "This is not the address that the server expects; go to {origin}.",
                origin=settings.load().url,
            )
        case "not_as_seen":
            return _("What you saw has changed meanwhile, so nothing was done. Reload the page.")
        case "too_long":
            return _("That is too long.")
        case "too_slow":
            return _("The request took too long to arrive. Try again.")
        case _other:
            return _("The request cannot be read.")
