"""The modules of this process: registered by the app, or found through entry points."""

import threading
from importlib.metadata import EntryPoint, entry_points

from integrations_app.errors import InvalidDeclaration
from integrations_app.modules.module import Module
from integrations_app.providers import registry as providers

ENTRY_POINT_GROUP = "integrations_app.modules"


class Registry:
    """Modules by key; registering one registers its providers."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._modules: dict[str, tuple[Module, str]] = {}
        self._discovered = False

    def register(self, module: Module, *, source: str | None = None) -> None:
        """Add a module and its providers, or neither.

        Args:
            module: The module.
            source: Where it comes from, for messages.

        Raises:
            InvalidDeclaration: Its key, or the key of one of its providers, is taken.
        """
        source = source or f"module {module.key!r} ({type(module).__module__})"
        with self._lock:
            if module.key in self._modules:
                other = self._modules[module.key][1]
                raise InvalidDeclaration(source, f"module {module.key!r} is there: {other}")
            added: list[str] = []
            try:
                for provider in module.providers():
                    providers.register(provider, source=source)
                    added.append(provider.key)
            except Exception:
                for key in added:
                    providers.unregister(key)
                raise
            self._modules[module.key] = (module, source)

    def unregister(self, key: str) -> None:
        """Remove a module and its providers; quiet if it is not there."""
        with self._lock:
            known = self._modules.pop(key, None)
            for provider in known[0].providers() if known else ():
                providers.unregister(provider.key)

    def all(self) -> tuple[Module, ...]:
        """All modules, those of installed packages included."""
        with self._lock:
            if not self._discovered:
                self._discovered = True
                for entry_point in entry_points(group=ENTRY_POINT_GROUP):
                    self._register_installed(entry_point)
            return tuple(module for module, _ in self._modules.values())

    def _register_installed(self, entry_point: EntryPoint) -> None:
        source = f"entry point {entry_point.name!r} ({entry_point.value})"
        try:
            loaded = entry_point.load()
            module = loaded() if isinstance(loaded, type) else loaded
        except Exception as error:  # someone else's code: say whose it is, whatever it did
            raise InvalidDeclaration(source, f"cannot be loaded: {error}") from error
        if not isinstance(module, Module):
            raise InvalidDeclaration(source, "is not a Module")
        self.register(module, source=source)


registry = Registry()
