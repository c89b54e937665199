"""Errors of signing in, and of admins."""

from integrations_app.errors.base import IntegrationError, shown
from integrations_app.errors.inputs import InvalidInput


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
        super().__init__(f"There is an admin {shown(email)} already.")
        self.email = email


class SetupTokenInvalid(InvalidInput):
    """The link for the first admin was used, replaced, or never given out."""

    code = "setup_token_invalid"

    def __init__(self) -> None:
        super().__init__("The link for the first admin is not valid (any more).")


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
    """Too many sign-ins failed of late, or too much else was tried.

    Attributes:
        retry_after_s: Seconds until the next one is looked at.
    """

    code = "too_many_attempts"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(f"Too many attempts; try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s
