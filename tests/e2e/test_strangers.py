"""Whoever is not signed in: no page, no event, no websocket tells them anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from integrations_app import integrations, routes
from integrations_app.domain.connection import Connection
from tests.e2e import stranger
from tests.e2e.conftest import EMAIL, OTHER_EMAIL, PASSWORD, SIGN_IN
from tests.e2e.pages import (
    LOGIN_ADDRESS,
    button,
    checked,
    key_field,
    name_field,
    names,
    open_edit,
    open_list,
    open_new,
    outcome,
    row,
)
from tests.e2e.serving import ROOT, Product
from tests.e2e.stranger import Call
from tests.e2e.wire import Overheard
from tests.postgresql import DatabaseUnderTest
from tests.world import World, key

SIGN_OUT = "/api/integrations/sign-out"
SETUP = "/api/integrations/setup"


@pytest.fixture
def valuable(library: DatabaseUnderTest) -> Connection:
    """A connection whose name, uuid and key nobody outside may learn."""
    return checked("openrouter", "valuable")


@pytest.fixture(scope="module")
def handlers() -> list[str]:
    """The names of all event handlers of the app, Reflex's own included."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.syspath_prepend(str(ROOT))
        from reflex_base.registry import RegistrationContext

        from integrations_app.integrations_app import app

        assert app
        return sorted(RegistrationContext.get().event_handlers)


def test_every_handler_turns_strangers_away(
    product: Product,
    library: DatabaseUnderTest,
    valuable: Connection,
    handlers: list[str],
    world: World,
) -> None:
    audited = library.rows("SELECT count(*) FROM integration_audit")
    asked = len(world.requests())
    assert any(name.endswith("listing.remove") for name in handlers)
    assert any(name.endswith("setvar") for name in handlers)

    answers = stranger.call(product.origin, list(_every_call(handlers, valuable.uuid)))

    assert answers.packets
    assert not _told_secrets(answers, valuable)
    assert {_what(event) for event in answers.events} <= {
        f"_redirect {routes.LOGIN}",
        "_call_function",  # a toast
        "_call_script",  # what the sign-in and set-up pages do in the browser
    }
    assert integrations.get_integration_by_uuid(valuable.uuid) == valuable
    assert library.rows("SELECT count(*) FROM integration_audit") == audited
    assert len(world.requests()) == asked


def test_a_made_up_cookie_opens_nothing(product: Product, valuable: Connection) -> None:
    answers = stranger.call(
        product.origin,
        [_hydrate(routes.LISTING), Call(handler=_LISTING_LOAD)],
        headers={"Cookie": f"{product.session_cookie}={43 * 'A'}"},
    )

    assert answers.packets
    assert not _told_secrets(answers, valuable)


def test_a_stolen_tab_shows_nothing_while_it_is_open(
    admin: Page, product: Product, valuable: Connection
) -> None:
    open_edit(admin, valuable.uuid)

    answers = stranger.call(product.origin, _look_around(valuable.uuid), token=_tab_token(admin))

    assert not _told_secrets(answers, valuable)


def test_a_stolen_tab_shows_nothing_once_it_is_closed(
    admin: Page, product: Product, valuable: Connection
) -> None:
    open_edit(admin, valuable.uuid)
    token = _tab_token(admin)
    admin.goto("about:blank")

    answers = stranger.call(product.origin, _look_around(valuable.uuid), token=token)

    assert answers.packets
    assert not _told_secrets(answers, valuable)


def test_a_signed_in_client_of_the_same_kind_is_told_the_rows(
    admin: Page, admins_browser: BrowserContext, product: Product, valuable: Connection
) -> None:
    """So that the tests above would notice if strangers were told."""
    cookies = [f"{cookie.get('name')}={cookie.get('value')}" for cookie in admins_browser.cookies()]

    answers = stranger.call(
        product.origin,
        [_hydrate(routes.LISTING), Call(handler=_LISTING_LOAD)],
        headers={"Cookie": "; ".join(cookies)},
        until="valuable",
    )

    assert "valuable" in answers.text
    assert str(valuable.uuid) in answers.text


@pytest.mark.parametrize(
    "path",
    [
        routes.LISTING,
        routes.NEW,
        routes.edit(UUID(int=7)),
        routes.MODULES,
        routes.AI_ENDPOINTS,
        routes.AI_ENDPOINT_NEW,
        routes.ai_endpoint(UUID(int=7)),
        routes.PROJECTS,
        routes.PROJECT_NEW,
        f"{routes.PROJECTS}/{UUID(int=7)}",
        "/",
    ],
)
def test_every_page_leads_strangers_to_the_sign_in_page(visitor: Page, path: str) -> None:
    visitor.goto(path)

    expect(visitor).to_have_url(LOGIN_ADDRESS)


@pytest.mark.parametrize("path", [SIGN_IN, SIGN_OUT, SETUP, routes.AI_ENDPOINT_OLD_KEY])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_posts_from_other_sites_are_refused(
    admins_browser: BrowserContext, product: Product, path: str, origin: str
) -> None:
    answer = admins_browser.request.post(
        product.origin + path,
        headers={"Origin": origin},
        form={"email": EMAIL, "password": PASSWORD, "token": "any"},
    )

    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_websockets_from_other_sites_are_refused(product: Product) -> None:
    assert stranger.is_refused(product.origin, {"Origin": "https://evil.example"})
    assert not stranger.is_refused(product.origin, {"Origin": product.origin})


def test_secrets_reach_no_browser_and_no_log(admin: Page, product: Product, world: World) -> None:
    overheard = Overheard.listen(admin)
    first, second = key("openrouter", serial="first"), key("openrouter", serial="second")
    open_new(admin, "openrouter")
    name_field(admin).fill("main")
    key_field(admin).fill(first)
    button(admin, "Test Connection").click()
    expect(outcome(admin)).to_have_text("Connection verified")
    button(admin, "Create Connection").click()
    expect(name_field(admin)).to_be_visible()
    expect(outcome(admin)).to_have_text("Connection verified")
    button(admin, "Show API key").click()
    key_field(admin).fill(second)
    button(admin, "Save Changes").click()
    expect(key_field(admin)).to_have_value("")
    expect(outcome(admin)).to_have_text("Connection verified")
    admin.reload()
    expect(key_field(admin)).to_have_value("")
    open_list(admin)
    expect(row(admin, "main")).to_be_visible()

    for secret in (first, second):
        assert secret not in overheard.sent  # a guarded POST takes it, and no event
        assert world.requests(key=secret)
        assert secret not in overheard.received
        assert secret not in admin.content()
        assert secret not in product.log
        # Not even in part; its beginning is the same for all keys of the provider.
        assert secret[-8:] not in overheard.received + product.log


def test_a_typed_secret_is_not_sent_before_it_is_used(admin: Page) -> None:
    overheard = Overheard.listen(admin)
    open_edit(admin, checked("mistral", "main").uuid)
    typed = key("mistral", serial="typed only")

    key_field(admin).press_sequentially(typed)
    name_field(admin).press_sequentially("-2")
    button(admin, "Show API key").click()
    expect(button(admin, "Hide API key")).to_be_visible()

    assert overheard.frames_sent
    assert typed[:8] not in overheard.sent
    assert names() == ["main"]


_STATES = "reflex___state____state.integrations_app___state___session____admin_state"
_LISTING_LOAD = f"{_STATES}.integrations_app___state___listing____listing.load"


def _every_call(handlers: list[str], uuid: UUID) -> Iterator[Call]:
    """Each handler as its own page calls it, and setvar on what decides."""
    form = {"name": "stolen", "api_key": "sk-or-v1-stolen"}
    arguments: list[dict[str, object]] = [
        {},
        {"uuid": str(uuid)},
        {"form": form},
        {"key": "api_key"},
        {"text": "v"},
        {"status": "connected"},
        {"var_name": "connection_uuid", "value": str(uuid)},
        {"value": True},
    ]
    paths = [routes.LISTING, routes.edit(uuid), routes.LOGIN, "/no/such/page"]
    for handler in handlers:
        for payload in arguments:
            yield Call(handler=handler, payload=payload)
        for path in paths:
            yield Call(handler=handler, path=path)
    yield Call(handler="no_such_state.no_such_handler")
    yield Call(handler="reflex___state____state.__init__")


def _look_around(uuid: UUID) -> list[Call]:
    return [
        _hydrate(routes.edit(uuid)),
        Call(handler="reflex___state____state.hydrate", path=routes.LISTING),
        Call(handler=_LISTING_LOAD),
        Call(handler="reflex___state____state.set_is_hydrated", payload={"value": True}),
    ]


def _hydrate(path: str) -> Call:
    return Call(handler="reflex___state____state.hydrate_and_load", path=path)


def _told_secrets(answers: stranger.Answers, connection: Connection) -> list[str]:
    secrets = [
        connection.name,
        str(connection.uuid),
        key(connection.provider, serial=connection.name),
        EMAIL,
        OTHER_EMAIL,
        "@example.com",
    ]
    # What the stranger sent comes back as the address it claimed to be at.
    text = answers.text.replace(routes.edit(connection.uuid), "")
    return [secret for secret in secrets if secret in text]


def _what(event: dict[str, object]) -> str:
    payload = event.get("payload")
    path = payload.get("path") if isinstance(payload, dict) else None
    name = str(event["name"])
    return f"{name} {path}" if name == "_redirect" else name.rpartition(".")[2]


def _tab_token(page: Page) -> str:
    token = page.evaluate("sessionStorage.getItem('token')")
    assert isinstance(token, str), json.dumps(token)
    return token
