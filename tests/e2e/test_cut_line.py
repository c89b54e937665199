"""The line is cut; somebody acts, goes on to something else, and the line comes back.

What was clicked waits in the browser meanwhile. Nothing may happen to what is shown by then, no key
may go anywhere, and the page says that nothing was done.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from integrations_app import integrations, routes
from integrations_app.features.projects import lookup as projects_stored
from integrations_app.features.projects import service as projects
from integrations_app.features.projects.project import Draft as Project
from integrations_app.services.oauth import account_changes, exchange
from tests import line as lines
from tests.api.oauth.accounts import CALLBACK, VERIFIER, code_for
from tests.api.oauth.accounts import exchange as connect_account
from tests.e2e import endpoints
from tests.e2e.conftest import EMAIL, launch_with_profile, lent, sign_in
from tests.e2e.kept_tab import KeptTab
from tests.e2e.pages import (
    act,
    alert,
    back_to_list,
    button,
    check,
    go_back,
    key_field,
    name_field,
    open_list,
    row,
)
from tests.e2e.serving import Product
from tests.http.returning import ADA, GRACE, registered
from tests.line import Line
from tests.postgresql import DatabaseUnderTest
from tests.world import World, key

BACK_WITHIN_MS = 15_000
SLOW_S = 0.04
LEFT = "You had left the page before this could be done, so nothing was done."
CHANGED = re.compile("(What you clicked has|Someone) changed")
NOT_SENT = "The server did not answer"
LOST = "The connection to the server is lost."
TABLES = (
    "integration_connections",
    "integration_secrets",
    "integration_account_changes",
    "ai_endpoints",
    "projects",
)
TYPED_KEY = key("mistral", serial="typed behind the line")
KEYS = {name: key("mistral", serial=f"{name} behind the line") for name in ("main", "other")}
CLIENT = {"client_id": "client-behind-the-line", "client_secret": "secret-behind-the-line"}


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that a person does while the line is cut.

    Attributes:
        go: From the page of "other" to where it is done, without loading a page anew.
        ready: What has to be opened before the line is cut.
        act: The click.
        says: What the page says of it: at once, or after the line is back.
        back: How many steps lead back to the page of "other".
    """

    go: Callable[[Page], None]
    act: Callable[[Page], None]
    says: str
    ready: Callable[[Page], None] = lambda _page: None
    back: int = 2


def to_list(page: Page) -> None:
    back_to_list(page)
    expect(row(page, "main")).to_be_visible()


def to_main(page: Page) -> None:
    to_list(page)
    row(page, "main").get_by_role("link", name="Configure").click()
    expect(name_field(page)).to_have_value("main")


def to_new(page: Page) -> None:
    to_list(page)
    page.get_by_role("link", name="Add Integration").click()
    page.get_by_role("link", name="DeepSeek").click()
    expect(name_field(page)).to_have_value("")


def to_endpoints(page: Page) -> None:
    page.get_by_role("link", name="AI endpoints").click()
    expect(row(page, "chat")).to_be_visible()


def to_endpoint(page: Page) -> None:
    to_endpoints(page)
    row(page, "chat").get_by_role("link", name="chat").click()
    expect(endpoints.name_of_endpoint(page)).to_have_value("chat")


def to_projects(page: Page) -> None:
    page.get_by_role("link", name="Projects").first.click()
    expect(row(page, "shop")).to_be_visible()


def to_project(page: Page) -> None:
    to_projects(page)
    row(page, "shop").get_by_role("link", name="shop").click()
    expect(endpoints.name_of_endpoint(page)).to_have_value("shop")


def to_mail(page: Page) -> None:
    to_list(page)
    row(page, "mail").get_by_role("link", name="Configure").click()
    expect(button(page, "Connect Google Account")).to_be_visible()


def to_asked(page: Page) -> None:
    to_list(page)
    row(page, "asked").get_by_role("link", name="Configure").click()
    expect(button(page, f"Use {GRACE}")).to_be_visible()


def to_old_endpoint(page: Page) -> None:
    to_endpoints(page)
    row(page, "old").get_by_role("link", name="old").click()
    expect(endpoints.name_of_endpoint(page)).to_have_value("old")


def to_new_row(goes: Callable[[Page], None], link: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        goes(page)
        page.get_by_role("link", name=link).first.click()
        expect(endpoints.name_of_endpoint(page)).to_have_value("")

    return go


def choose_another(page: Page) -> None:
    in_row("other", "Remove")(page)
    page.get_by_role("alertdialog").get_by_role("option").filter(has_text="main").click()
    expect(button(page, "Replace and remove")).to_be_visible()


def ask_about_the_old_key(page: Page) -> None:
    button(page, "Remove the old key").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()


def let_others_change_the_project(page: Page) -> None:
    type_name(page)
    [project] = projects_stored.page(is_template=False).rows
    projects.update(
        project.uuid, Project(name="theirs", description="new"), actor=endpoints.SOMEBODY
    )
    expect(button(page, "Load the new values")).to_be_visible()


def let_others_win(page: Page) -> None:
    let_others_change_the_project(page)
    button(page, "Save Changes").click()
    expect(button(page, "Save over them")).to_be_visible()


def let_others_rename_main(page: Page) -> None:
    type_key(page)
    uuid = integrations.find_uuid_by_provider_name("mistral:main")
    integrations.rename_connection(uuid, "theirs")
    expect(button(page, "Load the new values")).to_be_visible()


def let_others_win_at_main(page: Page) -> None:
    let_others_rename_main(page)
    button(page, "Save Changes").click()
    expect(button(page, "Save over them")).to_be_visible()


def type_key(page: Page) -> None:
    key_field(page).fill(TYPED_KEY)


def type_connection(page: Page) -> None:
    name_field(page).fill("typed")
    type_key(page)


def type_name(page: Page) -> None:
    endpoints.name_of_endpoint(page).fill("typed")


def in_danger_zone(*names: str) -> Callable[[Page], None]:
    def open_question(page: Page) -> None:
        page.get_by_text("Danger Zone").click()
        for name in names:
            button(page.get_by_role("main"), name).last.click()
        expect(page.get_by_role("alertdialog")).to_be_visible()

    return open_question


def in_row(name: str, action: str) -> Callable[[Page], None]:
    def open_question(page: Page) -> None:
        act(row(page, name), action)
        expect(page.get_by_role("alertdialog")).to_be_visible()

    return open_question


def answer(name: str) -> Callable[[Page], None]:
    return lambda page: button(page.get_by_role("alertdialog"), name).click()


def press(name: str) -> Callable[[Page], None]:
    return lambda page: button(page, name).click()


def typing(typed: Callable[[Page], None], name: str) -> Callable[[Page], None]:
    def type_and_press(page: Page) -> None:
        typed(page)
        button(page, name).click()

    return type_and_press


ACTS = {
    "save": Act(go=to_main, act=typing(type_key, "Save Changes"), says=NOT_SENT),
    "test": Act(go=to_main, act=typing(type_key, "Test Connection"), says=NOT_SENT),
    "disconnect": Act(
        go=to_main, ready=in_danger_zone("Disconnect"), act=answer("Disconnect"), says=LEFT
    ),
    "delete": Act(
        go=to_main, ready=in_danger_zone("Remove"), act=answer("Remove for good"), says=LEFT
    ),
    "create": Act(
        go=to_new, act=typing(type_connection, "Create Connection"), says=NOT_SENT, back=3
    ),
    "try": Act(go=to_new, act=typing(type_connection, "Test Connection"), says=NOT_SENT, back=3),
    "connect": Act(go=to_mail, act=press("Connect Google Account"), says=NOT_SENT),
    "use the other account": Act(go=to_asked, act=press(f"Use {GRACE}"), says=LEFT),
    "keep the account": Act(go=to_asked, act=press(f"Keep {ADA}"), says=LEFT),
    "save over others": Act(
        go=to_main, ready=let_others_win_at_main, act=press("Save over them"), says=NOT_SENT
    ),
    "load the new values": Act(
        go=to_main, ready=let_others_rename_main, act=press("Load the new values"), says=LEFT
    ),
    "replace in the list": Act(
        go=to_list, ready=choose_another, act=answer("Replace and remove"), says=LEFT, back=1
    ),
    "pick a connection": Act(
        go=to_endpoint, act=lambda page: endpoints.choice(page, "main").click(), says=LEFT
    ),
    "create an endpoint": Act(
        go=to_new_row(to_endpoints, "Add Endpoint"),
        act=typing(type_name, "Create Endpoint"),
        says=LEFT,
    ),
    "delete an old key": Act(
        go=to_old_endpoint,
        ready=ask_about_the_old_key,
        act=answer("Remove for good"),
        says=LEFT,
    ),
    "create a project": Act(
        go=to_new_row(to_projects, "Add Project"),
        act=typing(type_name, "Create Project"),
        says=LEFT,
    ),
    "save over others at a project": Act(
        go=to_project, ready=let_others_win, act=press("Save over them"), says=LEFT
    ),
    "load the new values of a project": Act(
        go=to_project,
        ready=let_others_change_the_project,
        act=press("Load the new values"),
        says=LEFT,
    ),
    "test in the list": Act(
        go=to_list,
        act=lambda page: act(row(page, "main"), "Test Connection"),
        says=LEFT,
        back=1,
    ),
    "disconnect in the list": Act(
        go=to_list, ready=in_row("main", "Disconnect"), act=answer("Disconnect"), says=LEFT, back=1
    ),
    "delete in the list": Act(
        go=to_list, ready=in_row("main", "Remove"), act=answer("Remove for good"), says=LEFT, back=1
    ),
    "save an endpoint": Act(go=to_endpoint, act=typing(type_name, "Save Changes"), says=LEFT),
    "send a prompt": Act(
        go=to_endpoint,
        ready=lambda page: endpoints.prompt(page).fill("Hello"),
        act=press("Send a test prompt"),
        says=LEFT,
    ),
    "delete an endpoint": Act(
        go=to_endpoint, ready=in_danger_zone("Remove"), act=answer("Remove for good"), says=LEFT
    ),
    "delete an endpoint in the list": Act(
        go=to_endpoints,
        ready=in_row("chat", "Remove"),
        act=answer("Remove for good"),
        says=LEFT,
        back=1,
    ),
    "save a project": Act(go=to_project, act=typing(type_name, "Save Changes"), says=LEFT),
    "delete a project": Act(
        go=to_project, ready=in_danger_zone("Remove"), act=answer("Remove for good"), says=LEFT
    ),
    "delete a project in the list": Act(
        go=to_projects,
        ready=in_row("shop", "Remove"),
        act=answer("Remove for good"),
        says=LEFT,
        back=1,
    ),
}


@pytest.fixture(scope="module")
def line(product: Product) -> Iterator[Line]:
    """The line between the browser and the server."""
    with lines.running(product.port) as running:
        yield running


@pytest.fixture(scope="module")
def browser_behind_the_line(
    playwright: Playwright, product: Product, line: Line, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A browser that reaches the server over the line, where somebody is signed in."""
    rules = f"--host-resolver-rules=MAP localhost:{product.port} 127.0.0.1:{line.port}"
    folder = tmp_path_factory.mktemp("behind-the-line")
    browser = launch_with_profile(playwright, folder, rules, base_url=product.origin)
    with contextlib.closing(browser) as context:
        sign_in(context, EMAIL)
        yield context


@pytest.fixture(scope="module")
def tab_behind_the_line(browser_behind_the_line: BrowserContext, product: Product) -> KeptTab:
    return KeptTab(browser_behind_the_line, origin=product.origin)


@pytest.fixture
def page(
    tab_behind_the_line: KeptTab, line: Line, request: pytest.FixtureRequest
) -> Iterator[Page]:
    line.mend()
    yield from lent(tab_behind_the_line, request)
    line.latency_s = 0.0
    line.mend()


@pytest.fixture
def db(
    library: DatabaseUnderTest, world: World, browser_behind_the_line: BrowserContext
) -> Iterator[DatabaseUnderTest]:
    """Two connections, accounts, endpoints and a project."""
    library.execute("DELETE FROM projects")
    for name, secret in KEYS.items():
        check(integrations.add_connection("mistral", name, values={"api_key": secret}).uuid)
    endpoints.made("chat", integrations.find_uuid_by_provider_name("mistral:other"))
    endpoints.with_old_key(library, "old", "sk-old-key")
    projects.add(Project(name="shop"), actor=endpoints.SOMEBODY)
    integrations.add_connection("google", "mail", values=CLIENT)
    cookies = browser_behind_the_line.cookies()
    [session_token] = [each["value"] for each in cookies if "session" in each["name"]]
    ask_about_another_account(world, "asked", session_token)
    yield library
    library.execute("DELETE FROM projects")


def ask_about_another_account(world: World, name: str, session_token: str) -> None:
    """A connection to Ada's account, whose admin has come back with Grace's."""
    _, uuid = registered(name)
    connect_account(world, uuid)
    code = code_for(world, uuid, account=GRACE)
    granted = exchange.request_grant(uuid, code, CALLBACK, code_verifier=VERIFIER)
    account_changes.propose(granted, session_token)


def sent_with_ours(world: World) -> int:
    """How many requests have carried a credential of this test's; other servers check theirs."""
    asked = integrations.get_credentials(integrations.find_uuid_by_provider_name("google:asked"))
    ours = (TYPED_KEY, "sk-old-key", *KEYS.values(), *CLIENT.values(), *asked.values())
    return sum(len(world.requests(key=secret)) for secret in ours)


def everything(db: DatabaseUnderTest) -> list[object]:
    return [db.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES]


def open_other(page: Page) -> None:
    uuid = integrations.find_uuid_by_provider_name("mistral:other")
    page.goto(routes.edit(uuid))
    expect(name_field(page)).to_have_value("other")


@pytest.mark.parametrize("latency_s", [0.0, SLOW_S], ids=["at once", "slowly"])
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nothing_happens_to_what_is_shown_when_the_line_is_back(
    act: Act, latency_s: float, page: Page, line: Line, db: DatabaseUnderTest, world: World
) -> None:
    line.latency_s = latency_s
    open_other(page)
    act.go(page)
    act.ready(page)
    before, sent = everything(db), sent_with_ours(world)

    line.cut()
    act.act(page)
    if act.says == NOT_SENT:
        expect(alert(page, NOT_SENT)).to_be_visible()
    for _step in range(act.back):
        go_back(page)
    line.mend()

    if act.says == LEFT:
        expect(page.get_by_text(LEFT)).to_be_visible(timeout=BACK_WITHIN_MS)
    expect(alert(page, LOST)).to_have_count(0, timeout=BACK_WITHIN_MS)
    expect(name_field(page)).to_have_value("other")
    expect(button(page, "Save Changes")).to_be_enabled()
    assert everything(db) == before
    assert sent_with_ours(world) == sent


def test_modules_are_not_run_again_for_somebody_who_has_left(
    page: Page, line: Line, db: DatabaseUnderTest
) -> None:
    page.goto(routes.MODULES)
    page.get_by_role("navigation").get_by_role("link", name="Connections").click()
    expect(row(page, "main")).to_be_visible()
    page.go_back()
    expect(button(page, "Run again")).to_be_visible()
    before = db.rows("SELECT * FROM integration_module_runs")

    line.cut()
    press("Run again")(page)
    page.go_forward()
    line.mend()

    expect(page.get_by_text(LEFT)).to_be_visible(timeout=BACK_WITHIN_MS)
    assert db.rows("SELECT * FROM integration_module_runs") == before


def test_whoever_stays_has_it_done_when_the_line_is_back(
    page: Page, line: Line, db: DatabaseUnderTest
) -> None:
    open_other(page)
    to_project(page)

    line.cut()
    type_name(page)
    press("Save Changes")(page)
    line.mend()

    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=BACK_WITHIN_MS)
    assert [each["name"] for each in db.rows("SELECT name FROM projects")] == ["typed"]


def test_a_row_that_others_changed_since_it_was_seen_is_left_alone(
    page: Page, line: Line, db: DatabaseUnderTest
) -> None:
    open_list(page)
    in_row("main", "Remove")(page)

    line.cut()
    uuid = integrations.find_uuid_by_provider_name("mistral:main")
    integrations.rename_connection(uuid, "renamed")
    answer("Remove for good")(page)
    line.mend()

    expect(page.get_by_text(CHANGED)).to_be_visible(timeout=BACK_WITHIN_MS)
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    assert integrations.get_integration_by_uuid(uuid).name == "renamed"
