"""Where modules are found, and how each has its old data migrated at start."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations_app import errors, integrations
from integrations_app.modules import Module, registry
from integrations_app.modules.registry import Registry
from tests.api.conftest import Register, register

__all__ = ["register"]

pytestmark = pytest.mark.usefixtures("db")  # the app's own modules are asked, too


class Migrating(Module):
    """A module that counts how often it was asked."""

    def __init__(self, key: str = "migrating", error: BaseException | None = None) -> None:
        self.key = key
        self.asked = 0
        self._error = error

    def migrate_legacy(self) -> None:
        self.asked += 1
        if self._error is not None:
            raise self._error


@pytest.fixture
def fresh() -> Iterator[Registry]:
    """Another registry, as another process would have it."""
    own = Registry()
    yield own
    for module in own.all():
        own.unregister(module.key)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed package `acme-kit` whose entry point `acme` is the module `acme_kit:Acme`."""
    info = tmp_path / "acme_kit-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-kit\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[integrations_app.modules]\nacme = acme_kit:Acme\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("acme_kit", None)


def offer(package: Path, key: str) -> None:
    (package / "acme_kit.py").write_text(
        f"from integrations_app.modules import Module\nclass Acme(Module):\n    key = {key!r}\n"
    )


def test_the_modules_of_the_app_are_there_without_being_registered(fresh: Registry) -> None:
    assert "projects" in {module.key for module in fresh.all()}


def test_a_module_of_an_installed_package_is_found(package: Path, fresh: Registry) -> None:
    offer(package, "acme")

    assert "acme" in {module.key for module in fresh.all()}


def test_a_key_that_is_taken_stops_the_start_naming_both_each_time(package: Path) -> None:
    offer(package, "projects")
    other = Registry()

    for _ in range(2):
        with pytest.raises(errors.InvalidDeclaration) as refused:
            other.all()

        assert "acme_kit:Acme" in str(refused.value)
        assert "integrations_app.features.projects.module:Projects" in str(refused.value)


def test_each_module_is_asked_and_says_ok(register: Register) -> None:
    first, second = Migrating("first"), Migrating("second")
    register(first)
    register(second)

    told = registry.run_all_legacy_migrations()

    assert (told["first"], told["second"]) == ("ok", "ok")
    assert (first.asked, second.asked) == (1, 1)


def test_one_that_fails_says_why_and_keeps_no_other_from_it(register: Register) -> None:
    register(Migrating("failing", errors.UnknownProvider("gone")))
    after = Migrating("after")
    register(after)

    told = registry.run_all_legacy_migrations()

    assert told["failing"] == "No provider is declared as 'gone'."
    assert (told["after"], after.asked) == ("ok", 1)


@pytest.mark.parametrize("kind", [RuntimeError, SystemExit])
def test_the_text_of_a_foreign_error_is_neither_told_nor_logged(
    register: Register, caplog: pytest.LogCaptureFixture, kind: type[BaseException]
) -> None:
    error = kind("the key sk-123456 does not fit")
    error.__cause__ = ValueError("sk-123456")
    register(Migrating("failing", error))

    told = registry.run_all_legacy_migrations()["failing"]

    assert kind.__name__ in told
    assert "sk-123456" not in told + caplog.text
    assert f"{Path(__file__).name}:" in caplog.text
    assert "ValueError" in caplog.text


def test_they_may_run_again(register: Register) -> None:
    module = Migrating()
    register(module)

    assert registry.run_all_legacy_migrations() == registry.run_all_legacy_migrations()

    assert module.asked == 2


def test_the_old_name_still_works_and_says_what_to_use(register: Register) -> None:
    register(Migrating("failing", errors.UnknownProvider("gone")))

    with pytest.warns(DeprecationWarning, match="run_all_legacy_migrations"):
        told = integrations.run_legacy_migrations()

    assert told == registry.run_all_legacy_migrations()


@pytest.mark.parametrize("key", ["", "a b", "a\nb", None, 7])
def test_a_module_that_nobody_could_name_stops_the_start_in_one_line(key: object) -> None:
    nameless = Migrating()
    nameless.key = key  # pyright: ignore[reportAttributeAccessIssue]

    with pytest.raises(errors.InvalidDeclaration) as refused:
        Registry().register(nameless)

    assert str(refused.value).startswith("module tests.modules.test_registry.Migrating: key: ")
    assert "\n" not in str(refused.value)


def test_a_module_without_a_key_stops_the_start_naming_its_entry_point(package: Path) -> None:
    (package / "acme_kit.py").write_text(
        "from integrations_app.modules import Module\nclass Acme(Module):\n    pass\n"
    )

    with pytest.raises(errors.InvalidDeclaration) as refused:
        Registry().all()

    assert str(refused.value) == "entry point 'acme' (acme_kit:Acme): key: is missing"


def test_a_module_that_cannot_be_imported_stops_the_start_in_one_line(package: Path) -> None:
    (package / "acme_kit.py").write_text("raise RuntimeError('no\\nluck')")

    with pytest.raises(errors.InvalidDeclaration, match="cannot be loaded: no luck"):
        Registry().all()


def test_a_module_that_no_connection_could_serve_stops_the_start() -> None:
    module = Migrating("mine")
    module.capability = "chatt"

    with pytest.raises(errors.InvalidDeclaration, match=r"capability: 'chatt' .* mean 'chat'"):
        Registry().register(module)
