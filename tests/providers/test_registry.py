"""All providers enter through one door, and no two under one key."""

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integrations_app.domain.provider import Provider
from integrations_app.errors import InvalidDeclaration, UnknownProvider
from integrations_app.providers import registry
from integrations_app.providers.registry import Registry, built_in, installed

Declare = Callable[..., Provider]

ACME_TOML = """
key = "acme"
title = "Acme"
description = "Rockets."
auth_type = "api_key"

[[fields]]
key = "api_key"
label = "API key"
secret = true

[placement.headers]
Authorization = "Bearer {api_key}"
"""


def loads(*contributions: tuple[Provider, str]) -> Registry:
    return Registry(lambda: contributions)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed package `acme-kit` whose entry point `acme` is `acme_kit:offer`."""
    info = tmp_path / "acme_kit-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-kit\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[integrations_app.providers]\nacme = acme_kit:offer\n")
    (tmp_path / "acme.toml").write_text(ACME_TOML)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("acme_kit", None)


def offer(package: Path, code: str) -> None:
    (package / "acme_kit.py").write_text(
        "from pathlib import Path\n"
        "from integrations_app.domain.provider import Provider\n"
        "here = Path(__file__).parent\n"
        "from integrations_app.domain.provider import Placement\n"
        "placement = Placement(manual=True)\n"
        "acme = Provider(key='acme', title='Acme', description='', auth_type='api_key',\n"
        "                placement=placement)\n"
        f"{code}\n"
    )


def test_the_built_in_providers_are_there() -> None:
    found = {provider.key for provider in registry.all()}

    assert found >= {"google", "microsoft", "openrouter", "mistral", "deepseek"}
    assert registry.get("mistral").title == "Mistral"


def test_an_unknown_key_is_an_error_or_none() -> None:
    with pytest.raises(UnknownProvider):
        registry.get("nobody")
    assert registry.find("nobody") is None
    assert registry.find("openrouter:default") is None


def test_providers_are_sorted_by_title_whatever_its_case(declare: Declare) -> None:
    titles = ["beta", "Alpha", "Gamma"]
    several = loads(*((declare(key=f"p{n}", title=t), "x") for n, t in enumerate(titles)))

    assert [provider.title for provider in several.all()] == ["Alpha", "beta", "Gamma"]


def test_a_module_can_register_and_unregister(declare: Declare) -> None:
    mine = loads()

    mine.register(declare(), source="module acme")
    assert mine.get("acme").title == "Acme"

    mine.unregister("acme")
    mine.unregister("acme")
    assert mine.find("acme") is None


def test_nothing_is_read_before_someone_asks(declare: Declare) -> None:
    asked: list[bool] = []
    lazy = Registry(lambda: asked.append(True) or [])

    lazy.register(declare(), source="module acme")
    assert not asked

    lazy.get("acme")
    lazy.get("acme")
    assert asked == [True]


def test_a_duplicate_key_names_both_sources(declare: Declare) -> None:
    mine = loads((declare(), "catalogue/acme.toml"))
    mine.all()

    with pytest.raises(InvalidDeclaration) as refused:
        mine.register(declare(title="Other"), source="module other")

    assert "catalogue/acme.toml" in str(refused.value)
    assert "module other" in str(refused.value)
    assert mine.get("acme").title == "Acme"


def test_a_key_registered_before_loading_stops_the_start(declare: Declare) -> None:
    mine = Registry(built_in)
    mine.register(declare(key="openrouter"), source="module early")

    for _ in range(2):
        with pytest.raises(InvalidDeclaration, match=r"openrouter\.toml: .*module early"):
            mine.all()

    mine.unregister("openrouter")
    assert mine.get("openrouter").title == "OpenRouter"


def test_the_door_refuses_a_provider_that_could_not_work(declare: Declare) -> None:
    broken = Provider(key="a:b", title="x", description="", auth_type=declare().auth_type)

    with pytest.raises(InvalidDeclaration, match="module broken: key"):
        loads().register(broken, source="module broken")


def test_many_threads_see_each_provider_once(declare: Declare) -> None:
    mine = Registry(built_in)
    start = threading.Barrier(8)
    seen: list[int] = []

    def ask(number: int) -> None:
        start.wait()
        mine.register(declare(key=f"p{number}"), source="thread")
        seen.append(len(mine.all()))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 8
    assert len(mine.all()) == 8 + len(list(built_in()))


@pytest.mark.parametrize(
    "code",
    [
        "offer = acme",
        "offer = [acme]",
        "offer = here / 'acme.toml'",
        "offer = str(here / 'acme.toml')",
        "offer = [here / 'acme.toml']",
        "def offer(): return acme",
        "def offer(): yield acme",
        "def offer(): return here / 'acme.toml'",
    ],
)
def test_an_installed_package_contributes(code: str, package: Path) -> None:
    offer(package, code)

    contributed = [(provider.key, source) for provider, source in installed() if "acme" in source]

    assert contributed == [("acme", "entry point 'acme' of acme-kit")]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise RuntimeError('no\\nluck')", "failed: RuntimeError: no luck"),
        ("other = 1", "failed: AttributeError"),
        ("offer = 42", "gives no provider but int"),
        ("offer = here / 'gone.toml'", "gone.toml: cannot be read"),
        ("def offer(): raise KeyError('x')", "failed: KeyError"),
    ],
)
def test_a_failing_entry_point_is_named(code: str, told: str, package: Path) -> None:
    offer(package, code)

    with pytest.raises(InvalidDeclaration) as refused:
        list(installed())

    assert str(refused.value).startswith("entry point 'acme' of acme-kit: ")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_installed_package_cannot_take_a_built_in_key(package: Path) -> None:
    (package / "acme.toml").write_text(ACME_TOML.replace('"acme"', '"google"'))
    offer(package, "offer = here / 'acme.toml'")

    with pytest.raises(InvalidDeclaration, match=r"of acme-kit: .*'google'.*google\.toml"):
        Registry(lambda: [*built_in(), *installed()]).all()
