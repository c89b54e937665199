"""An admin connects an account at a provider, in a real browser, and what can go wrong there."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from integrations_app import integrations, routes
from integrations_app.domain.connection import Connection, Status
from tests.api.oauth.accounts import exchange
from tests.e2e.conftest import OTHER_EMAIL, NewBrowser, NewTab, sign_in
from tests.e2e.pages import button, name_field, open_edit, open_new, outcome, status
from tests.e2e.serving import Product
from tests.postgresql import DatabaseUnderTest
from tests.world import OAuthClient, TokenBehaviour, World, oauth_client

ADA, GRACE = "ada@example.com", "grace@example.com"


def registered(
    provider: str, name: str, behaviour: TokenBehaviour = TokenBehaviour.RIGHT
) -> tuple[OAuthClient, UUID]:
    """A stored connection with client credentials and no account yet."""
    client = oauth_client(provider, behaviour, serial=name)
    values = {"client_id": client.id, "client_secret": client.secret}
    return client, integrations.add_connection(provider, name, values=values).uuid


def leave_for(page: Page, title: str) -> None:
    """Click "Connect … Account" and arrive at the provider's page."""
    button(page, f"Connect {title} Account").click()
    page.wait_for_url(re.compile(r"^https://(accounts\.google|login\.microsoftonline)\.com/"))


def choose(page: Page, account: str, answer: str = "Allow") -> None:
    """Choose an account at the provider, and answer its question."""
    page.get_by_role("button", name=account).or_(page.get_by_role("link", name=account)).click()
    button(page, answer).click()
    page.wait_for_url(re.compile(re.escape(routes.LISTING)))


def account_card(page: Page) -> Locator:
    """The second step."""
    return page.locator("#account")


def told(page: Page, text: str | re.Pattern[str]) -> None:
    """The second step says how it went."""
    expect(account_card(page).get_by_role("status").filter(has_text=text)).to_be_visible()


def stored(uuid: UUID) -> Connection:
    return integrations.get_integration_by_uuid(uuid)


@pytest.mark.parametrize(
    ("provider", "title"), [("google", "Google"), ("microsoft", "Microsoft 365")]
)
def test_an_admin_connects_an_account_from_nothing(provider: str, title: str, admin: Page) -> None:
    client = oauth_client(provider, serial="from nothing")
    open_new(admin, provider)
    name_field(admin).fill("office")
    admin.get_by_label("Client ID", exact=True).fill(client.id)
    admin.get_by_label("Client secret", exact=True).fill(client.secret)
    button(admin, "Create Connection").click()

    leave_for(admin, title)
    choose(admin, ADA)

    told(admin, "The account is connected.")
    expect(account_card(admin).get_by_text(f"Connected as {ADA}")).to_be_visible()
    expect(status(admin, "Connected")).to_be_visible()
    expect(button(admin, "Reconnect")).to_be_visible()
    assert routes.RETURNED not in admin.url
    [connection] = integrations.list_connections(provider)
    assert (connection.status, connection.account_name) == (Status.CONNECTED, ADA)


def test_saving_the_first_step_leaves_it_disconnected(admin: Page) -> None:
    _, uuid = registered("google", "step-one")
    open_edit(admin, uuid)

    button(admin, "Save Changes").click()

    expect(outcome(admin)).to_contain_text("Saved")
    expect(status(admin, "Not connected")).to_be_visible()
    assert stored(uuid).status is Status.DISCONNECTED


def test_what_is_typed_is_saved_before_the_way_to_the_provider(admin: Page) -> None:
    client = oauth_client("google", serial="typed")
    uuid = integrations.add_connection("google", "typed").uuid
    open_edit(admin, uuid)
    admin.get_by_label("Client ID", exact=True).fill(client.id)
    admin.get_by_label("Client secret", exact=True).fill(client.secret)

    leave_for(admin, "Google")

    assert stored(uuid).setup_values == {"client_id": client.id}
    assert stored(uuid).saved_secrets == ("client_secret",)


def test_without_client_credentials_nobody_leaves_the_page(admin: Page) -> None:
    uuid = integrations.add_connection("google", "bare").uuid
    open_edit(admin, uuid)

    button(admin, "Connect Google Account").click()

    expect(admin.get_by_text("Client ID is needed.")).to_be_visible()
    expect(admin).to_have_url(re.compile(re.escape(routes.edit(uuid))))


def test_cancelling_says_that_nothing_was_changed(admin: Page) -> None:
    _, uuid = registered("google", "cancelled")
    open_edit(admin, uuid)

    leave_for(admin, "Google")
    choose(admin, ADA, "Cancel")

    told(admin, "You did not grant access at Google, so nothing was changed.")
    assert stored(uuid).status is Status.DISCONNECTED


def test_a_wrong_client_secret_leads_back_to_step_one(admin: Page) -> None:
    _, uuid = registered("google", "wrong-secret", TokenBehaviour.WRONG)
    open_edit(admin, uuid)

    leave_for(admin, "Google")
    choose(admin, ADA)

    told(admin, "Google does not accept the client ID and secret. Check them in step 1")
    assert stored(uuid).status is Status.DISCONNECTED


def test_an_account_that_cannot_be_looked_up_is_connected_all_the_same(admin: Page) -> None:
    _, uuid = registered("google", "unknown", TokenBehaviour.ACCOUNT_FAILS)
    open_edit(admin, uuid)

    leave_for(admin, "Google")
    choose(admin, ADA)

    told(admin, "The account is connected.")
    expect(status(admin, "Connected")).to_be_visible()
    expect(account_card(admin).get_by_text("Google does not say whose")).to_be_visible()


# --- The security check ---


def test_a_way_back_works_once(admin: Page, world: World) -> None:
    client, uuid = registered("google", "replayed")
    open_edit(admin, uuid)
    leave_for(admin, "Google")
    back = world.oauth.authorize(admin.url)
    admin.goto(back)
    told(admin, "The account is connected.")

    admin.goto(back)

    told(admin, "The security check failed")
    expect(admin).to_have_url(re.compile(re.escape(routes.edit(uuid))))
    assert len(world.requests(path="/token", key=client.id)) == 1
    assert stored(uuid).status is Status.CONNECTED


def test_a_way_back_after_ten_minutes_is_too_late(
    admin: Page, world: World, library: DatabaseUnderTest
) -> None:
    client, uuid = registered("google", "late")
    open_edit(admin, uuid)
    leave_for(admin, "Google")
    library.execute("UPDATE integration_authorizations SET expires_at = now()")

    admin.goto(world.oauth.authorize(admin.url))

    told(admin, "The security check failed")
    assert world.requests(path="/token", key=client.id) == []


def test_a_way_back_without_its_state_ends_on_the_page_it_began_on(
    admin: Page, world: World
) -> None:
    client, uuid = registered("google", "stateless")
    open_edit(admin, uuid)
    leave_for(admin, "Google")
    code = parse_qs(urlsplit(world.oauth.authorize(admin.url)).query)["code"][0]

    admin.goto(f"{routes.OAUTH_CALLBACK}?code={code}")

    told(admin, "The security check failed")
    expect(admin).to_have_url(re.compile(re.escape(routes.edit(uuid))))
    assert world.requests(path="/token", key=client.id) == []


def test_a_way_back_belongs_to_the_browser_that_left(
    admin: Page, other_admin: Page, world: World
) -> None:
    client, uuid = registered("google", "foreign")
    open_edit(admin, uuid)
    leave_for(admin, "Google")

    other_admin.goto(world.oauth.authorize(admin.url))

    told(other_admin, "The security check failed")
    assert world.requests(path="/token", key=client.id) == []
    assert stored(uuid).status is Status.DISCONNECTED


def test_a_way_back_that_nobody_began_ends_on_the_list(own_tab: Page) -> None:
    own_tab.goto(f"{routes.OAUTH_CALLBACK}?code=made-up&state=made-up")

    expect(own_tab.get_by_text("The security check failed")).to_be_visible()
    expect(own_tab).to_have_url(re.compile(re.escape(routes.LISTING)))


def test_an_address_cannot_claim_that_an_account_was_connected(admin: Page) -> None:
    _, uuid = registered("google", "claimed")

    admin.goto(f"{routes.edit(uuid)}?{routes.RETURNED}=connected")

    expect(button(admin, "Connect Google Account")).to_be_visible()
    expect(account_card(admin).get_by_text("The account is connected.")).to_have_count(0)


# --- Reconnecting ---


def connected_to_ada(
    world: World, page: Page, name: str, behaviour: TokenBehaviour = TokenBehaviour.RIGHT
) -> UUID:
    """The page of a connection that a program has connected."""
    _, uuid = registered("google", name, behaviour)
    exchange(world, uuid)
    open_edit(page, uuid)
    expect(account_card(page).get_by_text(f"Connected as {ADA}")).to_be_visible()
    return uuid


def reconnect(page: Page, account: str) -> None:
    button(page, "Reconnect").click()
    page.wait_for_url(re.compile(r"^https://accounts\.google\.com/"))
    choose(page, account)


def test_reconnecting_the_same_account_asks_nothing(admin: Page, world: World) -> None:
    uuid = connected_to_ada(world, admin, "same")
    before = integrations.get_credentials(uuid)["access_token"]

    reconnect(admin, ADA)

    told(admin, "The account is connected.")
    assert integrations.get_credentials(uuid)["access_token"] != before


def test_another_account_replaces_the_first_only_when_the_admin_says_so(
    admin: Page, world: World
) -> None:
    uuid = connected_to_ada(world, admin, "replaced")

    reconnect(admin, GRACE)

    expect(admin.get_by_text(f"You signed in as {GRACE}, but this connection")).to_be_visible()
    assert stored(uuid).account_name == ADA

    button(admin, f"Use {GRACE}").dblclick()

    expect(account_card(admin).get_by_text(f"Connected as {GRACE}")).to_be_visible()
    told(admin, "The account is connected.")
    expect(admin.get_by_text("was removed meanwhile")).to_have_count(0)
    assert stored(uuid).account_name == GRACE


def test_the_first_account_can_be_kept(admin: Page, world: World) -> None:
    uuid = connected_to_ada(world, admin, "kept")
    before = integrations.get_credentials(uuid)["access_token"]

    reconnect(admin, GRACE)
    button(admin, f"Keep {ADA}").click()

    expect(admin.get_by_text(f"You signed in as {GRACE}")).to_have_count(0)
    assert stored(uuid).account_name == ADA
    assert integrations.get_credentials(uuid)["access_token"] == before


# --- Disconnecting ---


def test_disconnecting_revokes_the_tokens_and_keeps_the_client(admin: Page, world: World) -> None:
    uuid = connected_to_ada(world, admin, "ended")
    token = integrations.get_credentials(uuid)["access_token"]
    admin.get_by_text("Danger Zone").click()

    button(admin, "Disconnect").click()
    button(admin.get_by_role("alertdialog"), "Disconnect").click()

    expect(status(admin, "Not connected")).to_be_visible()
    expect(button(admin, "Connect Google Account")).to_be_visible()
    told(admin, "The account is disconnected.")
    assert world.recorder.wait_for(lambda: world.requests(path="/revoke"))
    assert stored(uuid).saved_secrets == ("client_secret",)
    assert world.oauth.revoked(token)


def test_disconnecting_clears_tokens_whatever_the_provider_says(admin: Page, world: World) -> None:
    uuid = connected_to_ada(world, admin, "stubborn", TokenBehaviour.REVOKE_FAILS)
    admin.get_by_text("Danger Zone").click()

    button(admin, "Disconnect").click()
    button(admin.get_by_role("alertdialog"), "Disconnect").click()

    expect(status(admin, "Not connected")).to_be_visible()
    told(admin, "Google did not confirm that the access has ended.")
    assert stored(uuid).saved_secrets == ("client_secret",)


# --- Others ---


def test_another_admins_open_page_shows_the_new_account(admin: Page, other_admin: Page) -> None:
    _, uuid = registered("google", "watched")
    open_edit(other_admin, uuid)
    open_edit(admin, uuid)

    leave_for(admin, "Google")
    choose(admin, ADA)

    expect(account_card(other_admin).get_by_text(f"Connected as {ADA}")).to_be_visible()


def test_a_connected_account_can_be_tested(admin: Page, world: World) -> None:
    connected_to_ada(world, admin, "tested")

    button(admin, "Test Connection").click()

    expect(outcome(admin)).to_contain_text("Connection verified")


def test_a_page_at_another_name_of_this_machine_says_where_to_connect(
    new_tab: NewTab, new_browser: NewBrowser, product: Product
) -> None:
    _, uuid = registered("google", "elsewhere")
    address = product.origin.replace("localhost", "127.0.0.1")
    browser = new_browser(base_url=address)
    sign_in(browser, OTHER_EMAIL)
    page = new_tab(browser)
    open_edit(page, uuid)

    button(page, "Connect Google Account").click()

    told(page, f"Google sends people back to {product.origin}")
