"""Something of a library that is leaned on although the library promises nothing about it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Leaning:
    """An attribute of something of a library.

    Attributes:
        library: Its name, for people.
        of: What has the attribute.
        name: Of the attribute.
        seen_in: The module that leans on it.
        parameters: What it is called with, if it is called or overridden.
    """

    library: str
    of: object
    name: str
    seen_in: str
    parameters: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return (
            f"{getattr(self.of, '__qualname__', getattr(self.of, '__name__', self.of))}.{self.name}"
        )

    def check(self) -> None:
        """Fail in words where it is not as expected."""
        advice = f"see integrations_app/{self.seen_in}"
        assert self._is_there, f"{self.library} no longer has {self}: {advice}"
        if self.parameters is not None:
            found = tuple(inspect.signature(getattr(self.of, self.name)).parameters)
            takes_any = {"args", "kwargs"} & set(found)
            missing = [each for each in self.parameters if each not in found]
            assert takes_any or not missing, (
                f"{self.library} no longer has {missing} among the parameters of {self}, "
                f"which are {found}: {advice}"
            )

    @property
    def _is_there(self) -> bool:
        fields = getattr(self.of, "__dataclass_fields__", {})
        annotated = getattr(self.of, "__annotations__", {})
        slots = getattr(self.of, "__slots__", ())
        return hasattr(self.of, self.name) or self.name in {*fields, *annotated, *slots}
