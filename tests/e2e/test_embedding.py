"""Another app shows the pages and the picker: installed from the wheel, built for production."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from integrations_app import integrations
from integrations_app.domain.connection import Connection, Status
from integrations_app.services.identity.host_sessions import LOOK_AGAIN_S
from integrations_app.state.listing import Listing
from integrations_app.state.session import AdminState
from tests.e2e import stranger
from tests.e2e.conftest import LIVE_WITHIN_MS, NewBrowser, NewTab
from tests.e2e.pages import (
    act,
    block_websockets,
    button,
    checked,
    key_field,
    name_field,
    row,
    status,
    stored,
)
from tests.e2e.shop import PREFIX, Shop
from tests.e2e.stranger import Answers, Call
from tests.world import key, oauth_client

ADMIN, CUSTOMER = "admin@shop.example", "ann@shop.example"
NOBODYS = "0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"
"""A uuid that nothing has; the same in each process that runs tests."""
SIGN_IN_PAGE = re.compile(r"/sign-in/?$")
EDIT_ADDRESS = re.compile(re.escape(PREFIX) + r"/[0-9a-f-]{36}/?$")
HYDRATE = "reflex___state____state.hydrate"


@pytest.fixture
def admins(shop: Shop, new_browser: NewBrowser) -> BrowserContext:
    """The browser of an admin of the shop."""
    return entered(shop, new_browser, ADMIN)


@pytest.fixture
def admin(admins: BrowserContext, new_tab: NewTab) -> Page:
    """A tab of an admin of the shop."""
    return new_tab(admins)


@pytest.fixture
def visitor(shop: Shop, new_browser: NewBrowser, new_tab: NewTab) -> Page:
    """A tab of somebody who is not signed in to the shop."""
    return new_tab(new_browser(base_url=shop.origin))


def entered(shop: Shop, new_browser: NewBrowser, email: str) -> BrowserContext:
    """The browser of somebody who has signed in to the shop."""
    browser = new_browser(base_url=shop.origin)
    assert browser.request.post("/api/shop/sign-in", form={"email": email}).ok
    return browser


def open_list(page: Page) -> None:
    page.goto(PREFIX)
    expect(page.get_by_role("heading", name="Integrations", level=1)).to_be_visible()
    expect(page.get_by_label("Loading")).to_have_count(0)


def open_edit(page: Page, uuid: UUID) -> None:
    page.goto(f"{PREFIX}/{uuid}")
    expect(name_field(page)).to_be_visible()


def add(page: Page, provider: str, **fields: str) -> None:
    """Create a connection on the page for it."""
    page.goto(f"{PREFIX}/new?provider={provider}")
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(text)
    button(page, "Create Connection").click()
    expect(page).to_have_url(EDIT_ADDRESS)


# --- The pages ---


def test_an_admin_of_the_app_creates_a_connection_that_works(admin: Page, shop: Shop) -> None:
    open_list(admin)
    admin.get_by_role("link", name="Add Integration").click()
    admin.get_by_role("link", name=re.compile("^OpenRouter")).click()
    name_field(admin).fill("main")
    key_field(admin).fill(key("openrouter"))

    button(admin, "Create Connection").click()

    expect(admin).to_have_url(EDIT_ADDRESS)
    expect(admin.get_by_text("Connection verified")).to_be_visible()
    [connection] = integrations.list_connections()
    assert connection.status is Status.CONNECTED
    actors = shop.db.rows(
        "SELECT DISTINCT actor_kind, actor_id, actor_label FROM integrations_app.integration_audit"
    )
    assert {"actor_kind": "admin", "actor_id": f"shop:{ADMIN}", "actor_label": ADMIN} in actors
    assert all(each["actor_label"] == ADMIN for each in actors if each["actor_kind"] == "admin")


def test_an_account_is_connected_and_the_way_back_leads_to_its_page(
    admin: Page, shop: Shop
) -> None:
    client = oauth_client("google", serial="shop")
    add(
        admin,
        "google",
        Connection_Name="office",
        Client_ID=client.id,
        Client_secret=client.secret,
    )

    button(admin, "Connect Google Account").click()
    admin.wait_for_url(re.compile(r"^https://accounts\.google\.com/"))
    name = "ada@example.com"
    admin.get_by_role("button", name=name).or_(admin.get_by_role("link", name=name)).click()
    button(admin, "Allow").click()

    expect(admin).to_have_url(EDIT_ADDRESS)
    expect(status(admin, "Connected")).to_be_visible()
    expect(admin.get_by_text("The account is connected.")).to_be_visible()
    [connection] = integrations.list_connections()
    assert (connection.status, connection.account_name) == (Status.CONNECTED, name)
    sessions = shop.db.rows("SELECT admin_uuid FROM integrations_app.integration_sessions")
    assert sessions == [{"admin_uuid": None}]


@pytest.mark.parametrize("path", ["", "/new", f"/{NOBODYS}"])
def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page_of_the_app(
    visitor: Page, path: str
) -> None:
    visitor.goto(PREFIX + path)

    expect(visitor).to_have_url(SIGN_IN_PAGE)


def test_whom_the_app_does_not_call_an_admin_is_told_nothing(
    shop: Shop, new_browser: NewBrowser, new_tab: NewTab
) -> None:
    customer = new_tab(entered(shop, new_browser, CUSTOMER))

    customer.goto(PREFIX)

    expect(customer).to_have_url(SIGN_IN_PAGE)


def test_signing_out_of_the_app_darkens_other_tabs_at_once(
    admins: BrowserContext, new_tab: NewTab, shop: Shop
) -> None:
    uuid = stored("mistral", "main").uuid
    leaving, on_list, on_edit = (new_tab(admins) for _ in range(3))
    open_list(on_list)
    open_edit(on_edit, uuid)
    open_list(leaving)

    leaving.get_by_role("link", name="Leave").click()

    expect(leaving).to_have_url(SIGN_IN_PAGE)
    for page in (on_list, on_edit):
        expect(page).to_have_url(SIGN_IN_PAGE, timeout=LIVE_WITHIN_MS)


def test_a_session_whose_end_nobody_announces_goes_dark_at_the_next_look(
    admin: Page, shop: Shop
) -> None:
    stored("mistral", "main")
    open_list(admin)
    expect(row(admin, "main")).to_be_visible()

    shop.db.execute("DELETE FROM shop_sessions")

    expect(admin).to_have_url(SIGN_IN_PAGE, timeout=LOOK_AGAIN_S * 1_000 + LIVE_WITHIN_MS)


def test_the_layout_of_the_app_stands_around_our_pages_in_place_of_our_navigation(
    admin: Page,
) -> None:
    uuid = stored("mistral", "main").uuid
    open_list(admin)
    shop_places = admin.get_by_role("navigation", name="Shop")
    clicks = admin.get_by_label("Clicks so far")

    button(admin, "One more").click()
    expect(clicks).to_have_text("1")
    row(admin, "main").get_by_role("link", name="Configure").click()

    expect(admin).to_have_url(re.compile(f"{PREFIX}/{uuid}/?$"))
    expect(name_field(admin)).to_be_visible()
    expect(clicks).to_have_text("1")
    expect(admin.get_by_role("navigation", name="Main")).to_have_count(0)
    expect(admin.get_by_role("main")).to_have_count(1)
    expect(button(admin, "Sign out")).to_have_count(0)
    shop_places.get_by_role("link", name="The shop").click()
    expect(admin.get_by_role("heading", name="The shop")).to_be_visible()
    expect(admin.get_by_label("Clicks", exact=True)).to_have_text("1")


def test_what_programs_change_shows_on_the_open_page(admin: Page) -> None:
    uuid = stored("mistral", "main").uuid
    open_list(admin)

    integrations.rename_connection(uuid, "renamed")

    expect(row(admin, "renamed")).to_be_visible(timeout=LIVE_WITHIN_MS)


# --- Strangers ---


@pytest.fixture
def valuable(shop: Shop) -> Connection:
    """A connection that nobody outside may learn of."""
    return checked("openrouter", "valuable")


def calls(uuid: UUID) -> list[Call]:
    """What shows or does something, if it is let through."""
    of_list = Listing.get_full_name()
    return [
        Call(handler=HYDRATE, path=PREFIX),
        Call(handler=f"{of_list}.load", path=PREFIX),
        Call(handler=f"{of_list}.load", path="/"),
        Call(handler=f"{of_list}.watch", path=PREFIX),
        Call(handler=f"{of_list}.disconnect", payload={"uuid": str(uuid)}, path="/"),
        Call(
            handler=f"{AdminState.get_full_name()}.setvar",
            payload={"var_name": "admin_email", "value": "me@example.com"},
            path="/",
        ),
    ]


def told_nothing(answers: Answers, valuable: Connection) -> bool:
    told = (str(valuable.uuid), valuable.name, "me@example.com")
    return bool(answers.packets) and not any(each in answers.text for each in told)


def test_a_client_without_a_session_is_told_nothing_and_changes_nothing(
    shop: Shop, valuable: Connection
) -> None:
    answers = stranger.call(shop.origin, calls(valuable.uuid))

    assert told_nothing(answers, valuable)
    assert {event["name"] for event in answers.events} <= {"_redirect"}
    assert integrations.get_integration_by_uuid(valuable.uuid) == valuable


def test_a_page_of_another_site_is_nobody_though_it_carries_the_admins_cookie(
    shop: Shop, admins: BrowserContext, valuable: Connection
) -> None:
    [cookie] = admins.cookies()
    carried = {"Cookie": f"{cookie['name']}={cookie['value']}"}

    foreign = {**carried, "Origin": "https://evil.example"}
    answers = stranger.call(shop.origin, calls(valuable.uuid), headers=foreign)

    assert told_nothing(answers, valuable)
    assert integrations.get_integration_by_uuid(valuable.uuid) == valuable
    own = {**carried, "Origin": shop.origin}
    answers = stranger.call(shop.origin, calls(valuable.uuid)[:2], headers=own, until=valuable.name)
    assert valuable.name in answers.text


# --- The app itself ---


def test_the_apps_own_pages_work_for_anyone_and_keep_what_they_know(visitor: Page) -> None:
    visitor.goto("/")
    clicks = visitor.get_by_label("Clicks")
    for _ in range(2):
        button(visitor, "Click").click()
    expect(clicks).to_have_text("2")

    visitor.reload()

    expect(clicks).to_have_text("2")


def test_the_apps_own_failures_are_told_in_its_own_words(visitor: Page) -> None:
    visitor.goto("/")

    button(visitor, "Fail").click()

    expect(visitor.get_by_text("The shop stumbled: the shop's own")).to_be_visible()


def test_our_rules_apply_to_ours_alone(admin: Page) -> None:
    uuid = stored("openrouter", "main").uuid
    looks = "(each) => getComputedStyle(each).cursor"
    admin.goto("/")
    assert admin.locator("summary").evaluate(looks) == "auto"

    open_edit(admin, uuid)

    assert admin.locator("summary").first.evaluate(looks) == "pointer"
    logo = admin.locator("main img").first
    assert logo.evaluate("(each) => each.complete && each.naturalWidth > 0")
    assert admin.evaluate("typeof window.integrationsFormBegunAt") == "function"


def test_its_migrations_leave_our_tables_alone(shop: Shop) -> None:
    versions = shop.folder / "migrations" / "versions"
    before = set(versions.glob("*.py"))
    shop.db.execute("ALTER TABLE shop_choices ADD COLUMN superfluous text")

    shop.installed.run(
        *("python", "-m", "reflex", "db", "makemigrations"),
        folder=shop.folder,
        DATABASE_URL=shop.db.url,
    )

    shop.db.execute("ALTER TABLE shop_choices DROP COLUMN superfluous")
    [written] = set(versions.glob("*.py")) - before
    proposed = written.read_text()
    written.unlink()
    assert "superfluous" in proposed
    for foreign in ("drop_table", "integration", "ai_endpoints", "projects"):
        assert foreign not in proposed.replace("integration_uuid", "")


# --- The picker ---


def picker(page: Page, label: str) -> Locator:
    return page.get_by_role("listbox", name=label, exact=True)


def option(page: Page, label: str, name: str) -> Locator:
    return picker(page, label).get_by_role("option").filter(has_text=name)


def chosen(shop: Shop) -> set[tuple[str, UUID]]:
    rows = shop.db.rows("SELECT purpose, integration_uuid FROM shop_choices")
    return {(each["purpose"], each["integration_uuid"]) for each in rows}


def expect_selected(page: Page, label: str, name: str, selected: str = "true") -> None:
    expect(option(page, label, name)).to_have_attribute("aria-selected", selected)


def test_a_choice_is_stored_by_the_app_and_lives_with_its_connection(
    shop: Shop, new_browser: NewBrowser, new_tab: NewTab
) -> None:
    first = stored("openrouter", "first").uuid
    page = new_tab(entered(shop, new_browser, CUSTOMER))
    page.goto("/uses")
    expect_selected(page, "Mail", "first", "false")

    option(page, "Mail", "first").click()
    expect_selected(page, "Mail", "first")
    assert chosen(shop) == {("mail", first)}
    page.reload()
    expect_selected(page, "Mail", "first")

    integrations.rename_connection(first, "renamed")
    expect(option(page, "Mail", "renamed")).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect_selected(page, "Mail", "renamed")

    integrations.remove_connection(first)
    expect(option(page, "Mail", "Integration deleted")).to_be_visible(timeout=LIVE_WITHIN_MS)
    option(page, "Mail", "Integration deleted").click()
    expect(option(page, "Mail", "Integration deleted")).to_have_count(0)
    assert chosen(shop) == set()


def test_pickers_of_one_page_choose_each_for_itself(
    shop: Shop, new_browser: NewBrowser, new_tab: NewTab
) -> None:
    one, two = (stored("mistral", name).uuid for name in ("one", "two"))
    page = new_tab(entered(shop, new_browser, CUSTOMER))
    page.goto("/uses")

    for label, name in (
        ("Mail", "one"),
        ("Reports", "one"),
        ("Reports", "two"),
        ("Toys", "two"),
    ):
        option(page, label, name).click()
        expect_selected(page, label, name)

    option(page, "Mail", "two").click()
    expect_selected(page, "Mail", "one", "false")
    option(page, "Reports", "one").click()
    expect_selected(page, "Reports", "one", "false")
    expect_selected(page, "Books", "two", "false")
    assert chosen(shop) == {("mail", two), ("reports", two), ("shelf:toys", two)}
    assert one not in {uuid for _purpose, uuid in chosen(shop)}


def test_whoever_the_app_does_not_let_see_connections_sees_none(
    visitor: Page, valuable: Connection
) -> None:
    visitor.goto("/uses")

    mail = visitor.get_by_role("group", name="Mail", exact=True)
    expect(mail).to_contain_text("You are not signed in, or may not see integrations.")
    expect(visitor.get_by_text(valuable.name)).to_have_count(0)
    mail.get_by_role("link", name="Sign in").click()
    expect(visitor).to_have_url(SIGN_IN_PAGE)


def test_the_first_connection_is_made_where_an_empty_picker_leads(admin: Page) -> None:
    admin.goto("/uses")

    admin.get_by_role("link", name="Add Integration").click()

    expect(admin).to_have_url(re.compile(re.escape(f"{PREFIX}/new")))
    expect(admin.get_by_role("heading", name="Add Integration")).to_be_visible()


def test_pages_work_where_websockets_are_blocked(admin: Page) -> None:
    block_websockets(admin)
    uuid = stored("mistral", "main").uuid
    open_list(admin)

    integrations.rename_connection(uuid, "renamed")

    expect(row(admin, "renamed")).to_be_visible(timeout=LIVE_WITHIN_MS)
    act(row(admin, "renamed"), "Test Connection")
    expect(row(admin, "renamed").get_by_text("Connected", exact=True)).to_be_visible()
