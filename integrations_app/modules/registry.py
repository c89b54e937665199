"""The modules of this process: built in, registered by the app, or found through entry points."""

import logging
import re
import threading
from importlib.metadata import EntryPoint, entry_points

from integrations_app import built_in
from integrations_app.domain.action import CORE
from integrations_app.errors import InvalidDeclaration
from integrations_app.modules import failure
from integrations_app.modules.module import Module
from integrations_app.providers import registry as providers
from integrations_app.providers import vocabulary

logger = logging.getLogger(__name__)

ENTRY_POINT_GROUP = "integrations_app.modules"
OK = "ok"

_KEY = re.compile(r"[A-Za-z0-9_.-]+")

# They come in by the same door as those of other packages, but not by way of this package's own
# metadata, which an editable install does not keep up.
BUILT_IN = tuple(
    EntryPoint(name, location, ENTRY_POINT_GROUP) for name, location in built_in.module_locations()
)


class Registry:
    """Modules by key; registering one registers its providers."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._modules: dict[str, tuple[Module, str]] = {}
        self._discovered = False
        self._installed: set[EntryPoint] = set()

    def register(self, module: Module, *, source: str | None = None) -> None:
        """Add a module and its providers, or neither.

        Args:
            module: The module.
            source: Where it comes from, for messages.

        Raises:
            InvalidDeclaration: It has no key, or an unknown capability; or its key, or the key of
                one of its providers or actions, is taken.
        """
        kind = type(module)
        source = source or f"module {kind.__module__}.{kind.__qualname__}"
        _refuse_incomplete(module, source)
        with self._lock:
            if module.key in self._modules:
                other = self._modules[module.key][1]
                raise InvalidDeclaration(source, f"module {module.key!r} is there: {other}")
            self._refuse_taken_actions(module, source)
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
        """All modules, those of installed packages included.

        Raises:
            InvalidDeclaration: One of them cannot be loaded, or its key is taken.
        """
        with self._lock:
            if not self._discovered:
                self._discover()
            return tuple(module for module, _ in self._modules.values())

    def run_all_legacy_migrations(self) -> dict[str, str]:
        """Have every module turn its old data into connections; safe to run again.

        A module that fails is logged, and keeps none of the others from it.

        Returns:
            Each module's key, with "ok" or what may be said of its error.
        """
        return {module.key: _migrated(module) for module in self.all()}

    def _refuse_taken_actions(self, module: Module, source: str) -> None:
        others = (action for other, _ in self._modules.values() for action in other.actions)
        known = {action.key: action for action in (*CORE, *others)}
        for action in module.actions:
            if known.get(action.key, action) != action:
                raise InvalidDeclaration(source, f"action {action.key!r} is there already")

    def _discover(self) -> None:
        self._discovered = True  # a module that asks for the others sees those before it
        try:
            for found in (*BUILT_IN, *entry_points(group=ENTRY_POINT_GROUP)):
                if found not in self._installed:
                    self._register_installed(found)
                    self._installed.add(found)
        except InvalidDeclaration:
            self._discovered = False  # whoever asks next is told as well
            raise

    def _register_installed(self, entry_point: EntryPoint) -> None:
        source = f"entry point {entry_point.name!r} ({entry_point.value})"
        try:
            loaded = entry_point.load()
            module = loaded() if isinstance(loaded, type) else loaded
        except Exception as error:  # someone else's code: say whose it is, whatever it did
            raise InvalidDeclaration(
                source, " ".join(f"cannot be loaded: {error}".split())
            ) from error
        if not isinstance(module, Module):
            raise InvalidDeclaration(source, "is not a Module")
        self.register(module, source=source)


def _refuse_incomplete(module: Module, source: str) -> None:
    """Refuse a module that nobody could name, or that nothing would ever fit."""
    key = getattr(module, "key", None)
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        problem = "is missing" if key is None else "must be letters, digits, '_', '-' and '.'"
        raise InvalidDeclaration(source, f"key: {problem}")
    if module.capability:
        wrong = vocabulary.problem(module.capability, vocabulary.CAPABILITIES)
        if wrong:
            raise InvalidDeclaration(source, f"capability: {wrong}")


def _migrated(module: Module) -> str:
    try:
        module.migrate_legacy()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - not our code; the start goes on
        logger.error(
            "Module %s could not migrate its old data: %s", module.key, failure.for_log(error)
        )
        return failure.in_words(error)
    return OK


registry = Registry()
