"""Exit codes of the command: one number for each kind of end, for scripts."""

import re
from collections.abc import Mapping
from enum import IntEnum

from integrations_app import errors
from integrations_app.errors import (
    FieldProblem,
    IntegrationError,
    InvalidFields,
    InvalidUuid,
    UnknownProvider,
)


class ExitCode(IntEnum):
    """Exit code of the program; these numbers are a contract."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    CHECK_FAILED = 4
    CONFLICT = 5
    NOT_ALLOWED = 6
    WOULD_CHANGE = 7
    INTERRUPTED = 130
    """As shells say of a program that Ctrl-C has ended."""

    @property
    def meaning(self) -> str:
        """The same in words."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.FAILED: "failed",
    ExitCode.USAGE: "wrong usage",
    ExitCode.NOT_FOUND: "not found",
    ExitCode.CHECK_FAILED: "the check failed",
    ExitCode.CONFLICT: "conflict or in use",
    ExitCode.NOT_ALLOWED: "not allowed",
    ExitCode.WOULD_CHANGE: "a plan would change something",
    ExitCode.INTERRUPTED: "interrupted",
}

OF_ERRORS: Mapping[type[IntegrationError], ExitCode] = {
    errors.IntegrationError: ExitCode.FAILED,
    # What the caller has typed.
    errors.InvalidInput: ExitCode.USAGE,
    errors.UnknownProvider: ExitCode.NOT_FOUND,
    errors.EmptyName: ExitCode.USAGE,
    errors.InvalidName: ExitCode.USAGE,
    errors.AlreadyExists: ExitCode.CONFLICT,
    errors.InvalidFields: ExitCode.USAGE,
    errors.SecretRequired: ExitCode.USAGE,
    errors.MissingPlaceholder: ExitCode.USAGE,
    errors.InvalidUuid: ExitCode.USAGE,
    errors.InvalidReference: ExitCode.USAGE,
    errors.SameConnection: ExitCode.USAGE,
    errors.InvalidEmail: ExitCode.USAGE,
    errors.WeakPassword: ExitCode.USAGE,
    errors.EmailTaken: ExitCode.CONFLICT,
    errors.SetupTokenInvalid: ExitCode.NOT_ALLOWED,
    # What is stored.
    errors.Missing: ExitCode.NOT_FOUND,
    errors.NotFound: ExitCode.NOT_FOUND,
    errors.NotConfigured: ExitCode.NOT_FOUND,
    errors.Deleted: ExitCode.NOT_FOUND,
    errors.ProviderNotDeclared: ExitCode.FAILED,
    errors.Conflict: ExitCode.CONFLICT,
    errors.InUse: ExitCode.CONFLICT,
    errors.UsagesChanged: ExitCode.CONFLICT,
    errors.CannotReplace: ExitCode.CONFLICT,
    errors.ModuleFailed: ExitCode.FAILED,
    errors.Undecryptable: ExitCode.FAILED,
    # The database.
    errors.DatabaseUnavailable: ExitCode.FAILED,
    errors.NoDatabase: ExitCode.FAILED,
    errors.NoEmbeddedDatabase: ExitCode.FAILED,
    errors.DatabaseMisconfigured: ExitCode.FAILED,
    errors.DatabaseReadOnly: ExitCode.FAILED,
    errors.DatabaseFull: ExitCode.FAILED,
    errors.DatabaseBusy: ExitCode.FAILED,
    errors.Deadlock: ExitCode.FAILED,
    errors.LockTimeout: ExitCode.FAILED,
    errors.StatementCancelled: ExitCode.FAILED,
    # Providers.
    errors.DestinationNotAllowed: ExitCode.NOT_ALLOWED,
    errors.PlacementNotSupported: ExitCode.FAILED,
    errors.PackageMissing: ExitCode.FAILED,
    errors.Unauthorized: ExitCode.FAILED,
    errors.AuthorizationFailed: ExitCode.FAILED,
    errors.ClientIdNotConfigured: ExitCode.FAILED,
    errors.ClientCredentialsNotConfigured: ExitCode.FAILED,
    errors.StateMismatch: ExitCode.FAILED,
    errors.TokenExchangeFailed: ExitCode.FAILED,
    errors.NoRefreshToken: ExitCode.FAILED,
    errors.TokenRefreshFailed: ExitCode.FAILED,
    # People.
    errors.NotSignedIn: ExitCode.NOT_ALLOWED,
    errors.SignInRefused: ExitCode.NOT_ALLOWED,
    errors.TooManyAttempts: ExitCode.NOT_ALLOWED,
    # The start.
    errors.StartRefused: ExitCode.FAILED,
    errors.InvalidSetting: ExitCode.FAILED,
    errors.NotInstalled: ExitCode.FAILED,
    errors.KeyRingMismatch: ExitCode.FAILED,
    errors.InvalidDeclaration: ExitCode.FAILED,
}
"""Every error of ours; a test holds that none is missing."""

_NO_SECRET = re.compile(r"[a-z_]{1,20}")
"""Words, as nearly all providers' keys are; keys of theirs that are secret have digits."""

_PROBLEMS = {
    FieldProblem.REQUIRED: "is required",
    FieldProblem.UNKNOWN: "have a field that the provider does not",
    FieldProblem.NOT_TEXT: "is no text",
    FieldProblem.TOO_LONG: "is too long",
    FieldProblem.CONTROL_CHARACTERS: "has control characters",
    FieldProblem.PATTERN: "does not look as it should",
    FieldProblem.NOT_AN_OPTION: "is none of the choices",
    FieldProblem.NOT_A_NUMBER: "is not a number",
    FieldProblem.NOT_AN_ADDRESS: "is not an address",
    FieldProblem.SECRET_REQUIRED: "has to be given again, as the address it is sent to was changed",
}


def of(error: IntegrationError) -> ExitCode:
    """Return how the command ends with this error; a module's own error ends as its parent does."""
    return next(OF_ERRORS[kind] for kind in type(error).__mro__ if kind in OF_ERRORS)


def in_words(error: IntegrationError) -> str:
    """Return what a person reads of it, in one line and without a secret.

    What should have been a uuid or a provider is not repeated: it may be a key that was pasted
    there.
    """
    match error:
        case InvalidFields():
            told = (f"{key} {_PROBLEMS[problem]}" for key, problem in error.fields.items())
            return f"{'; '.join(told)}."
        case InvalidUuid():
            return "That is not a UUID. A name like mistral:main is taken with --by-name."
        case UnknownProvider() if not _NO_SECRET.fullmatch(error.provider):
            return "No provider is declared under that key."
    return str(error)
