"""All providers there are: built in, from installed packages, and from modules.

They enter through one door, `register`. Nothing is read until someone asks.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from os import PathLike, fsdecode
from pathlib import Path
from typing import cast

from integrations_app.domain.provider import Provider
from integrations_app.errors import InvalidDeclaration, UnknownProvider
from integrations_app.providers import declaration

ENTRY_POINTS = "integrations_app.providers"

Contributions = Iterable[tuple[Provider, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    provider: Provider
    source: str


class Registry:
    """Providers by key; safe to use from any thread."""

    def __init__(self, contributions: Callable[[], Contributions]) -> None:
        """A registry that asks `contributions` for (provider, source) at its first use."""
        self._contributions = contributions
        self._lock = threading.Lock()
        self._declared: dict[str, _Declared] = {}  # replaced, never changed in place
        self._loaded = False

    def get(self, key: str) -> Provider:
        """The provider of this key.

        Raises:
            UnknownProvider: There is none.
            InvalidDeclaration: What is to be loaded cannot be.
        """
        provider = self.find(key)
        if provider is None:
            raise UnknownProvider(key)
        return provider

    def find(self, key: str) -> Provider | None:
        """The provider of this key, or None."""
        self._load()
        entry = self._declared.get(key)
        return entry.provider if entry else None

    def all(self) -> tuple[Provider, ...]:
        """All providers, sorted by title."""
        self._load()
        providers = [entry.provider for entry in self._declared.values()]
        return tuple(
            sorted(providers, key=lambda provider: (provider.title.casefold(), provider.key))
        )

    def register(self, provider: Provider, *, source: str) -> None:
        """Add a provider.

        Args:
            provider: What to add.
            source: Who declares it, for messages, such as "module invoices".

        Raises:
            InvalidDeclaration: It cannot be used, or its key is taken; names both sources.
        """
        with self._lock:
            self._declared = _with(self._declared, provider, source)

    def unregister(self, key: str) -> None:
        """Take back what was registered under this key; quiet if nothing was."""
        with self._lock:
            self._declared = {
                known_key: entry for known_key, entry in self._declared.items() if known_key != key
            }

    def _load(self) -> None:
        if self._loaded:
            return
        contributed = list(self._contributions())  # foreign code, so not under our lock
        with self._lock:
            if self._loaded:
                return
            entries = self._declared
            for provider, source in contributed:
                entries = _with(entries, provider, source)
            self._declared, self._loaded = entries, True


def _with(entries: dict[str, _Declared], provider: Provider, source: str) -> dict[str, _Declared]:
    declaration.verify(provider, source=source)
    if taken := entries.get(provider.key):
        raise InvalidDeclaration(
            source, f"the provider key {provider.key!r} is already declared by {taken.source}"
        )
    return entries | {provider.key: _Declared(provider=provider, source=source)}


def built_in() -> Iterator[tuple[Provider, str]]:
    """The providers of the catalogue folder."""
    folder = resources.files("integrations_app.providers") / "catalogue"
    for file in sorted(folder.iterdir(), key=lambda path: path.name):
        if file.name.endswith(".toml"):
            yield declaration.read(file), str(file)


def installed() -> Iterator[tuple[Provider, str]]:
    """The providers that installed packages contribute by entry points."""
    for entry_point in metadata.entry_points(group=ENTRY_POINTS):
        package = entry_point.dist.name if entry_point.dist else "an unknown package"
        source = f"entry point {entry_point.name!r} of {package}"
        try:
            providers = list(_providers_in(entry_point.load()))
        except Exception as error:  # whatever a foreign package raises, it is named
            raise InvalidDeclaration(source, _told(error)) from error
        for provider in providers:
            yield provider, source


def _providers_in(contribution: object) -> Iterator[Provider]:
    """The providers that an entry point stands for.

    Args:
        contribution: A provider, the path of a TOML file, several of these, or a callable
            that returns any of them.
    """
    if isinstance(contribution, Provider):
        yield contribution
    elif isinstance(contribution, str | PathLike):
        yield declaration.read(Path(fsdecode(cast("str | PathLike[str]", contribution))))
    elif isinstance(contribution, Traversable):
        yield declaration.read(contribution)
    elif callable(contribution):
        yield from _providers_in(contribution())
    elif isinstance(contribution, Iterable):
        for part in cast("Iterable[object]", contribution):
            yield from _providers_in(part)
    else:
        raise TypeError(f"gives no provider but {type(contribution).__name__}")


def _told(error: Exception) -> str:
    if isinstance(error, InvalidDeclaration):
        return str(error)
    return " ".join(f"failed: {type(error).__name__}: {error}".split())


def _contributions() -> Iterator[tuple[Provider, str]]:
    yield from built_in()
    yield from installed()


_shared = Registry(_contributions)

get = _shared.get
find = _shared.find
all = _shared.all  # noqa: A001 - read as registry.all()
register = _shared.register
unregister = _shared.unregister
