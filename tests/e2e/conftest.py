"""A production build served by a process of its own, a real browser, and somebody signed in."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from integrations_app import frontend
from integrations_app.domain.actor import Actor
from integrations_app.domain.admin import Admin
from integrations_app.services.changes import event_stream
from integrations_app.services.identity import admins
from integrations_app.storage.engine import database
from integrations_app.storage.schemas import IN_HOSTS
from tests import people, redis_server
from tests.conftest import ENCRYPTION_KEY
from tests.e2e import hosts as several
from tests.e2e import serving
from tests.e2e import shop as embedding
from tests.e2e.hosts import Hosts
from tests.e2e.kept_tab import KeptTab
from tests.e2e.serving import ROOT, Product
from tests.e2e.shop import Shop
from tests.installed import Installed
from tests.postgresql import DatabaseUnderTest, Server
from tests.world import World

EMAIL = "ada@example.com"
OTHER_EMAIL = "grace@example.com"
PASSWORD = "correct horse battery staple"
SIGN_IN = "/api/integrations/sign-in"

NAMED_HOST = "integrations.test"

SHOWN_WITHIN_MS = 5_000
"""How long anything may take to appear; a busy machine is slow, and a right one waits for none."""

LIVE_WITHIN_MS = 3_000
"""What others do shows within a second; the rest is what a busy machine may add."""

_SHELL = "chromium-headless-shell"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_BROWSER_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PEOPLE = {"locale": "en-GB", "ignore_https_errors": True}
"""Everybody's browser; the world's certificates come from an authority that it does not know."""

_SCREENSHOTS = ROOT / "test-results"
_failed = pytest.StashKey[bool]()
_numbers = itertools.count()

expect.set_options(timeout=SHOWN_WITHIN_MS)

NewTab = Callable[[BrowserContext], Page]
NewBrowser = Callable[..., BrowserContext]
Started = TypeVar("Started", Browser, BrowserContext)


# --- The product and the library beside it ---


@pytest.fixture(scope="session")
def build() -> None:
    """The built pages; `make test` has made them before."""
    with contextlib.chdir(ROOT), Path("rxconfig.py").open() as shared:
        fcntl.flock(shared, fcntl.LOCK_EX)  # another process of `pytest -n` may build just now
        if not frontend.current():
            frontend.build()


@pytest.fixture(scope="package")
def served_db(postgresql_server: Server) -> Iterator[DatabaseUnderTest]:
    """The database of the served product; empty, so that its first start migrates it."""
    with postgresql_server.database() as fresh:
        yield fresh


@pytest.fixture(scope="package")
def product(
    build: None,
    served_db: DatabaseUnderTest,
    world: World,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Product]:
    """The product, served for all tests of this folder, with two admins."""
    folder = tmp_path_factory.mktemp("served")
    with serving.running(
        folder,
        database_url=served_db.url,
        INTEGRATIONS_ENCRYPTION_KEYS=ENCRYPTION_KEY,
        **world.environment,
    ) as started:
        with pytest.MonkeyPatch.context() as patch:
            use_library(patch, served_db, world, folder)
            for email in (EMAIL, OTHER_EMAIL):
                people.add_admin(email, PASSWORD)
        yield started


@pytest.fixture(scope="package")
def disposable(
    build: None,
    postgresql_server: Server,
    migrated_template: str,
    world: World,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Product, DatabaseUnderTest]]:
    """Another one on a database of its own, to be stopped and killed; it logs all it can."""
    folder = tmp_path_factory.mktemp("disposable")
    with (
        postgresql_server.database(template=migrated_template) as own_db,
        serving.running(
            folder,
            database_url=own_db.url,
            INTEGRATIONS_ENCRYPTION_KEYS=ENCRYPTION_KEY,
            LOG_LEVEL="DEBUG",
            **world.environment,
        ) as started,
    ):
        yield started, own_db


@pytest.fixture(scope="package")
def named_product(
    build: None,
    postgresql_server: Server,
    migrated_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Product, DatabaseUnderTest]]:
    """One that is served over plain HTTP under a name of its own, `NAMED_HOST`."""
    folder = tmp_path_factory.mktemp("named")
    port = serving.free_port()
    with (
        postgresql_server.database(template=migrated_template) as own_db,
        serving.running(
            folder,
            database_url=own_db.url,
            port=port,
            INTEGRATIONS_ENCRYPTION_KEYS=ENCRYPTION_KEY,
            INTEGRATIONS_PUBLIC_URL=f"http://{NAMED_HOST}:{port}",
        ) as started,
    ):
        yield started, own_db


@pytest.fixture
def named(
    named_product: tuple[Product, DatabaseUnderTest],
    library: DatabaseUnderTest,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Product:
    """That product with an admin and nothing else; the library uses its database."""
    product, db = named_product
    use_library(monkeypatch, db, world, tmp_path)
    for table in ("integration_connections", "ai_endpoints", "integration_admins"):
        db.execute(f"DELETE FROM {table}")
    people.add_admin(EMAIL, PASSWORD)
    return product


@pytest.fixture
def restartable(
    disposable: tuple[Product, DatabaseUnderTest],
    library: DatabaseUnderTest,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Product:
    """A product that this test may end, with an admin; the library uses its database."""
    product, db = disposable
    use_library(monkeypatch, db, world, tmp_path)
    for table in ("integration_connections", "integration_admins"):
        db.execute(f"DELETE FROM {table}")
    people.add_admin(EMAIL, PASSWORD)
    return product


@pytest.fixture(scope="package")
def served_hosts(
    build: None,
    postgresql_server: Server,
    migrated_template: str,
    world: World,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Hosts]:
    """Two hosts of several workers each, one database, one Redis."""
    folder = tmp_path_factory.mktemp("hosts")
    with (
        postgresql_server.database(template=migrated_template) as own_db,
        redis_server.running(folder) as redis,
        several.running(folder, db=own_db, redis=redis, world=world) as started,
    ):
        yield started


@pytest.fixture
def hosts(
    served_hosts: Hosts,
    library: DatabaseUnderTest,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Hosts:
    """The two hosts with two admins and nothing else; the library uses their database."""
    use_library(monkeypatch, served_hosts.db, world, tmp_path)
    several.empty(served_hosts, EMAIL, OTHER_EMAIL, password=PASSWORD)
    return served_hosts


@pytest.fixture(scope="package")
def served_shop(
    installed: Installed,
    postgresql_server: Server,
    world: World,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    """Another app that has installed the product; both have their tables in one database."""
    folder = tmp_path_factory.mktemp("shop")
    embedding.build(folder, installed)
    with (
        postgresql_server.database() as own_db,
        embedding.running(folder, installed, db=own_db, world=world) as started,
    ):
        yield started


@pytest.fixture
def shop(
    served_shop: Shop,
    library: DatabaseUnderTest,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Shop:
    """The shop without connections, choices and people; the library uses its database."""
    use_library(monkeypatch, served_shop.db, world, tmp_path)
    for table in (f"{IN_HOSTS}.integration_connections", "shop_choices", "shop_sessions"):
        served_shop.db.execute(f"DELETE FROM {table}")
    return served_shop


@pytest.fixture(autouse=True)
def library(
    product: Product,
    served_db: DatabaseUnderTest,
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DatabaseUnderTest]:
    """This process uses the database of the served product, which has nothing left to show.

    So tests call `integrations` to arrange, to look, and to be another process.
    """
    use_library(monkeypatch, served_db, world, tmp_path)
    for table in ("integration_connections", "ai_endpoints"):
        served_db.execute(f"DELETE FROM {table}")
    yield served_db
    event_stream.stop()
    database().dispose()


def use_library(
    patch: pytest.MonkeyPatch, db: DatabaseUnderTest, world: World, folder: Path
) -> None:
    patch.setenv("DATABASE_URL", db.url)
    patch.setenv("INTEGRATIONS_DATA_DIR", str(folder / "data"))
    patch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
    for name, value in world.environment.items():
        patch.setenv(name, value)


# --- The browser ---


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright; gone before other packages' tests run, since it occupies this thread's loop."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright, world: World) -> Iterator[Browser]:
    """The installed Chromium, else Playwright's own; the world is all that it can reach."""
    with contextlib.closing(launch(playwright, proxy_url=world.proxy_url)) as launched:
        yield launched


@pytest.fixture(scope="package")
def naming_browser(playwright: Playwright) -> Iterator[Browser]:
    """One that finds `NAMED_HOST` on this machine; it reaches nothing else."""
    rules = f"--host-resolver-rules=MAP {NAMED_HOST} 127.0.0.1"
    with contextlib.closing(launch(playwright, rules)) as launched:
        yield launched


@pytest.fixture(scope="package")
def admins_browser(
    playwright: Playwright, product: Product, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """Where the first admin has signed in; tests open tabs of their own in it."""
    folder = tmp_path_factory.mktemp("admins-browser")
    options = {"proxy_url": world.proxy_url, "base_url": product.origin}
    with contextlib.closing(launch_with_profile(playwright, folder, **options)) as context:
        sign_in(context, EMAIL)
        yield context


@pytest.fixture(scope="package")
def other_admins_browser(browser: Browser, product: Product) -> Iterator[BrowserContext]:
    """Where the other admin has signed in."""
    with contextlib.closing(browser.new_context(base_url=product.origin, **PEOPLE)) as context:
        sign_in(context, OTHER_EMAIL)
        yield context


@pytest.fixture
def new_tab(request: pytest.FixtureRequest) -> Iterator[NewTab]:
    """Opens tabs and closes them after the test; a failing one leaves their pictures."""
    opened: list[Page] = []

    def open_one(context: BrowserContext) -> Page:
        opened.append(context.new_page())
        return opened[-1]

    yield open_one
    for number, page in enumerate(opened):
        if has_failed(request):
            _take_picture(page, request, f"{number}")
        page.close()


@pytest.fixture
def new_browser(browser: Browser, product: Product) -> Iterator[NewBrowser]:
    """Opens browsers that know nothing of each other."""
    with contextlib.ExitStack() as opened:

        def open_one(**options: Any) -> BrowserContext:
            chosen = {"base_url": product.origin, **PEOPLE, **options}
            return opened.enter_context(contextlib.closing(browser.new_context(**chosen)))

        yield open_one


@pytest.fixture(scope="package")
def kept_browser(browser: Browser, product: Product) -> Iterator[BrowserContext]:
    """One that tests use in turn, each for somebody else."""
    with contextlib.closing(browser.new_context(base_url=product.origin, **PEOPLE)) as context:
        yield context


@pytest.fixture(scope="package")
def kept_tab(kept_browser: BrowserContext, product: Product) -> KeptTab:
    return KeptTab(kept_browser, origin=product.origin)


@pytest.fixture
def visitor(kept_tab: KeptTab, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab of somebody who is not signed in."""
    kept_tab.empty_browser()
    yield from lent(kept_tab, request)


@pytest.fixture
def own_browser(
    kept_browser: BrowserContext, kept_tab: KeptTab, passing_admin: Admin
) -> BrowserContext:
    """The browser of an admin whom only this test knows."""
    kept_tab.empty_browser()
    sign_in(kept_browser, passing_admin.email)
    return kept_browser


@pytest.fixture
def own_tab(
    own_browser: BrowserContext, kept_tab: KeptTab, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A tab in it; it is left before the admin goes, or it would be on its way to sign in."""
    yield from lent(kept_tab, request)


@pytest.fixture(scope="package")
def admins_tab(admins_browser: BrowserContext, product: Product) -> KeptTab:
    return KeptTab(admins_browser, origin=product.origin)


@pytest.fixture(scope="package")
def other_admins_tab(other_admins_browser: BrowserContext, product: Product) -> KeptTab:
    return KeptTab(other_admins_browser, origin=product.origin)


@pytest.fixture
def admin(admins_tab: KeptTab, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab of the first admin."""
    yield from lent(admins_tab, request)


@pytest.fixture
def other_admin(other_admins_tab: KeptTab, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab of the other admin, in a browser of their own."""
    yield from lent(other_admins_tab, request)


@pytest.fixture
def passing_admin(library: DatabaseUnderTest) -> Iterator[Admin]:
    """An admin for one test, who may be signed out and removed."""
    email = f"passing-{next(_numbers)}@example.com"
    made = people.add_admin(email, PASSWORD)
    yield made
    admins.remove(made.uuid, Actor.of(None))


def lent(tab: KeptTab, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The tab for the length of one test; a failing one leaves its picture."""
    page = tab.open()
    yield page
    failed = has_failed(request)
    if failed and not page.is_closed():
        _take_picture(page, request, request.fixturename or "tab")
    tab.leave(failed=failed)


def launch(playwright: Playwright, *options: str, proxy_url: str | None = None) -> Browser:
    """A browser without a window, which goes out through the proxy."""
    return _started(playwright.chromium.launch, **_settings(options, proxy_url))


def launch_with_profile(
    playwright: Playwright,
    folder: Path,
    *options: str,
    proxy_url: str | None = None,
    base_url: str | None = None,
) -> BrowserContext:
    """The same with a profile in a folder: it keeps compiled scripts, and opens pages faster."""
    start = partial(playwright.chromium.launch_persistent_context, folder, base_url=base_url)
    return _started(start, **PEOPLE, **_settings(options, proxy_url))


def _started(start: Callable[..., Started], **settings: Any) -> Started:
    """The installed shell of Chromium, else Playwright's own, else a whole Chromium."""
    shell = shutil.which(_SHELL)
    try:
        return start(executable_path=shell, **settings)
    except Error:
        whole = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
        if shell or not whole:
            raise
        return start(executable_path=whole, **settings)


def _settings(options: Sequence[str], proxy_url: str | None) -> dict[str, Any]:
    return {
        "args": [*_BROWSER_OPTIONS, *options],
        "proxy": {"server": proxy_url, "bypass": "localhost,127.0.0.1"} if proxy_url else None,
    }


def sign_in(context: BrowserContext, email: str) -> None:
    """Have a browser signed in, without its sign-in page."""
    answer = context.request.post(SIGN_IN, form={"email": email, "password": PASSWORD})
    assert answer.ok, answer.text()


# --- What a failing test leaves ---


def has_failed(request: pytest.FixtureRequest) -> bool:
    return request.node.stash.get(_failed, False)


def _take_picture(page: Page, request: pytest.FixtureRequest, name: str) -> None:
    page.screenshot(path=_SCREENSHOTS / f"{request.node.name}-{name}.png")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call" and report.failed:
        item.stash[_failed] = True
    return report
