"""Errors that keep the program from starting."""

from integrations_app.errors.base import IntegrationError


class StartRefused(IntegrationError):
    """The program must not start like this; the message is one line that says why."""


class InvalidSetting(StartRefused):
    """An environment variable has a value that cannot be used."""

    code = "invalid_setting"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name = name


class NotInstalled(StartRefused, ImportError):
    """A part of this package is used that is installed as an extra, and is not.

    Attributes:
        extra: Its name.
    """

    code = "not_installed"

    def __init__(self, extra: str) -> None:
        super().__init__(
            f"This needs the extra {extra!r}: run pip install 'integrations-app[{extra}]'."
        )
        self.extra = extra


class KeyRingMismatch(StartRefused):
    """The keys at hand are not the keys the database was written with."""

    code = "key_ring_mismatch"


class InvalidDeclaration(StartRefused):
    """A provider or module is declared wrongly, or twice."""

    code = "invalid_declaration"

    def __init__(self, source: str, problem: str) -> None:
        super().__init__(f"{source}: {problem}")
        self.source = source
