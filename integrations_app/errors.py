"""Everything that can go wrong, as one tree; callers catch a branch or read `.code`.

```
IntegrationError
├── InvalidInput                 the caller has to change what it sent
│   ├── UnknownProvider          unknown_provider
│   ├── EmptyName                empty_name
│   ├── InvalidName              invalid_name
│   ├── AlreadyExists            already_exists
│   ├── InvalidFields            invalid_fields      .fields says what is wrong with which
│   ├── SecretRequired           secret_required     .fields names the secrets to send anew
│   ├── MissingPlaceholder       missing_placeholder .placeholder names what has no value
│   ├── InvalidUuid              invalid_uuid
│   ├── InvalidReference         invalid
│   ├── InvalidEmail             invalid_email
│   ├── WeakPassword             weak_password
│   ├── EmailTaken               email_taken
│   └── SetupTokenInvalid        setup_token_invalid
├── Missing                      nothing usable is stored there
│   ├── NotFound                 not_found
│   ├── NotConfigured            not_configured
│   └── Deleted                  deleted
├── Conflict                     conflict            .fields names what changed meanwhile
├── InUse                        in_use              .usages says by whom
├── Undecryptable                undecryptable
├── DatabaseUnavailable          database_unavailable
├── DestinationNotAllowed        destination_not_allowed
├── PlacementNotSupported        placement_not_supported
├── Unauthorized                 unauthorized        the provider refused the credential
├── AuthorizationFailed          no token came of it
│   ├── ClientIdNotConfigured    client_id_not_configured
│   ├── ClientCredentialsNotConfigured  client_credentials_not_configured
│   ├── StateMismatch            state_mismatch
│   ├── TokenExchangeFailed      token_exchange_failed  .reason, .details say why
│   ├── NoRefreshToken           no_refresh_token
│   └── TokenRefreshFailed       token_refresh_failed   .reason, .details say why
├── NotSignedIn                  not_signed_in
├── SignInRefused                sign_in_refused
├── TooManyAttempts              too_many_attempts   .retry_after_s says when to try again
└── StartRefused                 the program must not start like this
    ├── InvalidSetting           invalid_setting
    ├── KeyRingMismatch          key_ring_mismatch
    └── InvalidDeclaration       invalid_declaration
```

Messages are English, for logs and programs; pages turn codes and fields into their own words.
No message contains a secret.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

if TYPE_CHECKING:
    from integrations_app.domain.check import CheckReason
    from integrations_app.domain.usage import Usage


class IntegrationError(Exception):
    """Base of all errors of this package; `code` is stable, the message is not."""

    code: ClassVar[str] = "integration_error"


class InvalidInput(IntegrationError):
    """What was sent cannot be accepted as it is."""


class UnknownProvider(InvalidInput):
    """No provider is declared under this key."""

    code = "unknown_provider"

    def __init__(self, provider: str) -> None:
        super().__init__(f"No provider is declared as {_shown(provider)}.")
        self.provider = provider


class EmptyName(InvalidInput):
    """A connection needs a name."""

    code = "empty_name"

    def __init__(self) -> None:
        super().__init__("A connection needs a name.")


class InvalidName(InvalidInput):
    """The name has characters or a length that names cannot have."""

    code = "invalid_name"

    def __init__(self, name: object) -> None:
        super().__init__(
            f"{_shown(name)} cannot be a name: 1 to 100 letters, digits, '_' or '-', "
            "beginning with a letter or digit."
        )


class AlreadyExists(InvalidInput):
    """The provider has a connection of this name."""

    code = "already_exists"

    def __init__(self, *, provider: str, name: str) -> None:
        super().__init__(f"{provider} already has a connection named {name!r}.")
        self.provider = provider
        self.name = name


class FieldProblem(StrEnum):
    """What can be wrong with one setup value."""

    REQUIRED = "required"
    UNKNOWN = "unknown"
    NOT_TEXT = "not_text"
    TOO_LONG = "too_long"
    CONTROL_CHARACTERS = "control_characters"
    PATTERN = "pattern"
    NOT_AN_OPTION = "not_an_option"
    NOT_A_NUMBER = "not_a_number"
    NOT_AN_ADDRESS = "not_an_address"
    SECRET_REQUIRED = "secret_required"


class InvalidFields(InvalidInput):
    """Some setup values cannot be accepted.

    Attributes:
        fields: Setup key to what is wrong with its value; never the value.
    """

    code = "invalid_fields"

    def __init__(self, fields: Mapping[str, FieldProblem]) -> None:
        told = ", ".join(f"{_shown(key)} ({problem})" for key, problem in fields.items())
        super().__init__(f"These setup values cannot be accepted: {told}.")
        self.fields = dict(fields)


class SecretRequired(InvalidInput):
    """The place a secret is sent to was changed, so the secret must be typed anew.

    Attributes:
        fields: Keys of the secrets to send again.
    """

    code = "secret_required"

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(
            "The address that secrets are sent to was changed; "
            f"send these again with it: {', '.join(fields)}."
        )
        self.fields = tuple(fields)


class MissingPlaceholder(InvalidInput):
    """A declared address, header or parameter needs a value that is not there.

    Attributes:
        placeholder: Name of what is missing.
    """

    code = "missing_placeholder"

    def __init__(self, *, provider: str, placeholder: str) -> None:
        super().__init__(f"{provider} needs a value for {{{placeholder}}}.")
        self.provider = provider
        self.placeholder = placeholder


class InvalidUuid(InvalidInput):
    """The argument is neither a UUID nor its string."""

    code = "invalid_uuid"

    def __init__(self, value: object) -> None:
        super().__init__(f"{_shown(value)} is not a UUID.")


class InvalidReference(InvalidInput):
    """The argument is neither a UUID nor a text that could name a connection."""

    code = "invalid"

    def __init__(self, value: object) -> None:
        super().__init__(f"{_shown(value)} does not refer to a connection.")


class InvalidEmail(InvalidInput):
    """The text cannot be an e-mail address."""

    code = "invalid_email"

    def __init__(self) -> None:
        super().__init__("That is not an e-mail address.")


class WeakPassword(InvalidInput):
    """The password is too short, or longer than anyone would type.

    Attributes:
        min_length: The fewest characters it may have.
        max_length: The most.
    """

    code = "weak_password"

    def __init__(self, *, min_length: int, max_length: int) -> None:
        super().__init__(f"A password has {min_length} to {max_length} characters.")
        self.min_length = min_length
        self.max_length = max_length


class EmailTaken(InvalidInput):
    """There is an admin with this e-mail address."""

    code = "email_taken"

    def __init__(self, email: str) -> None:
        super().__init__(f"There is an admin {_shown(email)} already.")
        self.email = email


class SetupTokenInvalid(InvalidInput):
    """The link for the first admin was used, replaced, or never given out."""

    code = "setup_token_invalid"

    def __init__(self) -> None:
        super().__init__("The link for the first admin is not valid (any more).")


class Missing(IntegrationError):
    """Nothing usable is stored there."""

    def __init__(self, message: str, *, ref: object) -> None:
        super().__init__(message)
        self.ref = ref


class NotFound(Missing):
    """There is no such connection."""

    code = "not_found"

    def __init__(self, ref: object) -> None:
        super().__init__(f"There is no connection {_shown(ref)}.", ref=ref)


class NotConfigured(Missing):
    """There is no such connection, or it has no credentials."""

    code = "not_configured"

    def __init__(self, ref: object) -> None:
        super().__init__(f"Connection {_shown(ref)} is not configured.", ref=ref)


class Deleted(Missing):
    """The connection of this uuid was removed; its uuid is never used again."""

    code = "deleted"

    def __init__(self, ref: object) -> None:
        super().__init__(f"Connection {_shown(ref)} has been deleted.", ref=ref)


class Conflict(IntegrationError):
    """Someone else saved since the caller read the connection.

    Attributes:
        fields: Names of what changed since `expected_version`.
        version: The version that is stored now.
    """

    code = "conflict"

    def __init__(self, *, fields: Sequence[str], version: int) -> None:
        super().__init__(
            f"The connection was changed meanwhile ({', '.join(fields) or 'unknown fields'}); "
            f"its version is {version} now."
        )
        self.fields = tuple(fields)
        self.version = version


class InUse(IntegrationError):
    """A module needs the connection and blocks its removal."""

    code = "in_use"

    def __init__(self, usages: "Sequence[Usage]") -> None:
        super().__init__(f"In use by {', '.join(usage.label for usage in usages)}.")
        self.usages = tuple(usages)


class Undecryptable(IntegrationError):
    """No key of the ring opens this connection's secrets."""

    code = "undecryptable"

    def __init__(self, *, uuid: UUID, field: str) -> None:
        super().__init__(
            f"The stored {field} of connection {uuid} cannot be decrypted with the keys at hand."
        )
        self.uuid = uuid
        self.field = field


class DatabaseUnavailable(IntegrationError):
    """The database cannot be reached, or has no tables yet."""

    code = "database_unavailable"


class DestinationNotAllowed(IntegrationError):
    """A credential was about to go somewhere its provider does not declare."""

    code = "destination_not_allowed"

    def __init__(self, host: str, why: str = "") -> None:
        told = f": {why}" if why else ""
        super().__init__(f"Credentials may not be sent to {_shown(host)}{told}.")
        self.host = host


class PlacementNotSupported(IntegrationError):
    """The credential does not travel in the Authorization header."""

    code = "placement_not_supported"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} takes its credential elsewhere than in the Authorization header, where a "
            "redirect would carry it to other hosts; use client() or async_client() instead."
        )
        self.provider = provider


class Unauthorized(IntegrationError):
    """The provider answered 401, and went on to do so with a fresh token where there is one.

    A request whose body cannot be sent twice is not tried again.
    """

    code = "unauthorized"

    def __init__(self, uuid: UUID) -> None:
        super().__init__(f"The provider refused the credential of connection {uuid}.")
        self.uuid = uuid


class AuthorizationFailed(IntegrationError):
    """The provider gave no token."""


class ClientIdNotConfigured(AuthorizationFailed):
    """An account can be connected only once the client id is saved."""

    code = "client_id_not_configured"

    def __init__(self, uuid: UUID) -> None:
        super().__init__(f"Connection {uuid} has no client id to ask for an authorisation with.")
        self.uuid = uuid


class ClientCredentialsNotConfigured(AuthorizationFailed):
    """Tokens can be had only once client id and secret are saved.

    Attributes:
        uuid: The connection; None for values that are not saved.
    """

    code = "client_credentials_not_configured"

    def __init__(self, uuid: UUID | None) -> None:
        super().__init__(f"Connection {uuid} lacks the client id or secret to get tokens with.")
        self.uuid = uuid


class StateMismatch(AuthorizationFailed):
    """Whoever came back from a provider is not who was sent there, or not in time."""

    code = "state_mismatch"

    def __init__(self) -> None:
        super().__init__("The state is missing, unknown, used, expired or somebody else's.")


class _NoTokens(AuthorizationFailed):
    def __init__(self, uuid: UUID, reason: "CheckReason", details: Mapping[str, Any]) -> None:
        told = details.get("provider_code") or details.get("http_status")
        super().__init__(
            f"Connection {uuid} got no token: {reason.value}{f' ({told})' if told else ''}."
        )
        self.uuid = uuid
        self.reason = reason
        self.details = dict(details)


class TokenExchangeFailed(_NoTokens):
    """The code could not be exchanged for tokens; nothing was stored.

    Attributes:
        uuid: The connection.
        reason: `needs_reconnect` if the provider refused, `unreachable` if it may work later.
        details: Facts of the answer, see `CheckResult.details`.
    """

    code = "token_exchange_failed"


class TokenRefreshFailed(_NoTokens):
    """There is no valid token, and none could be had; see `TokenExchangeFailed`."""

    code = "token_refresh_failed"


class NoRefreshToken(AuthorizationFailed):
    """The provider gave nothing to renew the access token with."""

    code = "no_refresh_token"

    def __init__(self, uuid: UUID) -> None:
        super().__init__(f"Connection {uuid} has no refresh token; connect its account again.")
        self.uuid = uuid


class NotSignedIn(IntegrationError):
    """Nobody is signed in there, or not any more."""

    code = "not_signed_in"

    def __init__(self) -> None:
        super().__init__("Nobody is signed in.")


class SignInRefused(IntegrationError):
    """E-mail and password do not belong to an admin; which of them is wrong is not told."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__("E-mail and password do not belong to an admin.")


class TooManyAttempts(IntegrationError):
    """Too many sign-ins failed of late.

    Attributes:
        retry_after_s: Seconds until the next one is looked at.
    """

    code = "too_many_attempts"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(f"Too many attempts to sign in; try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


class StartRefused(IntegrationError):
    """The program must not start like this; the message is one line that says why."""


class InvalidSetting(StartRefused):
    """An environment variable has a value that cannot be used."""

    code = "invalid_setting"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name = name


class KeyRingMismatch(StartRefused):
    """The keys at hand are not the keys the database was written with."""

    code = "key_ring_mismatch"


class InvalidDeclaration(StartRefused):
    """A provider or module is declared wrongly, or twice."""

    code = "invalid_declaration"

    def __init__(self, source: str, problem: str) -> None:
        super().__init__(f"{source}: {problem}")
        self.source = source


def _shown(value: object, *, limit: int = 80) -> str:
    """The value as it may stand in a one-line message: escaped, and cut if it is long."""
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str):
        return f"a {type(value).__name__}"
    return repr(value if len(value) <= limit else value[:limit] + "…")
