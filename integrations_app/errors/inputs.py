"""Errors of what callers send."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from integrations_app.errors.base import IntegrationError, shown


class InvalidInput(IntegrationError):
    """Input that cannot be accepted as it is."""


class UnknownProvider(InvalidInput):
    """No provider is declared under this key."""

    code = "unknown_provider"

    def __init__(self, provider: str) -> None:
        super().__init__(f"No provider is declared as {shown(provider)}.")
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
            f"{shown(name)} cannot be a name: 1 to 100 letters, digits, '_' or '-', "
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
    """Problem of one setup value."""

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
        fields: Setup key to what is wrong with its value; never the value. `VALUES` stands for
            all of them where a key is not declared: with key and value interchanged, the secret
            would be the key.
    """

    VALUES = "values"

    code = "invalid_fields"

    def __init__(self, fields: Mapping[str, FieldProblem]) -> None:
        told = ", ".join(f"{shown(key)} ({problem})" for key, problem in fields.items())
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
        super().__init__(f"{shown(value)} is not a UUID.")


class InvalidReference(InvalidInput):
    """The argument is neither a UUID nor a text that could name a connection."""

    code = "invalid"

    def __init__(self, value: object) -> None:
        super().__init__(f"{shown(value)} does not refer to a connection.")


class SameConnection(InvalidInput):
    """A connection cannot take its own place."""

    code = "same_connection"

    def __init__(self) -> None:
        super().__init__("A connection cannot take its own place.")
