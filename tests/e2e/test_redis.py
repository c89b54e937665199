"""What is kept in Redis, and what becomes of open pages when it is gone."""

from __future__ import annotations

import base64
import pickle
import subprocess
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import socketio
from playwright.sync_api import Page, expect

from integrations_app import integrations, routes
from integrations_app.security.vault import KeyRing
from tests.conftest import ENCRYPTION_KEY
from tests.e2e import serving, stranger
from tests.e2e.conftest import EMAIL, NewBrowser, NewTab, sign_in
from tests.e2e.hosts import Hosts, workers
from tests.e2e.pages import (
    button,
    key_field,
    name_field,
    names,
    open_edit,
    open_list,
    open_new,
    outcome,
    row,
    status,
    stored,
)
from tests.e2e.serving import COMMAND, ROOT
from tests.e2e.stranger import Call
from tests.e2e.wire import Overheard
from tests.world import World, key, oauth_client

pytestmark = pytest.mark.alone

BACK_WITHIN_S = 15
_RING = KeyRing([base64.b64decode(ENCRYPTION_KEY)])


@pytest.fixture
def page(hosts: Hosts, new_browser: NewBrowser, new_tab: NewTab) -> Page:
    """An admin's tab at the first host."""
    browser = new_browser(base_url=hosts.first.origin)
    sign_in(browser, EMAIL)
    return new_tab(browser)


# --- What is kept there ---


def add_with_a_secret(page: Page, typed: str, name: str) -> None:
    """Try it, create it, and wait for its check."""
    open_new(page, "openrouter")
    name_field(page).fill(name)
    key_field(page).fill(typed)
    button(page, "Test Connection").click()
    expect(outcome(page)).to_have_text("Connection verified")
    button(page, "Create Connection").click()
    expect(name_field(page)).to_be_visible()
    expect(outcome(page)).to_have_text("Connection verified")


def replace_the_secret(page: Page, typed: str, world: World) -> None:
    """Try another one on the edit page, and save it."""
    key_field(page).fill(typed)
    button(page, "Test Connection").click()
    assert world.recorder.wait_for(lambda: world.requests(key=typed))
    button(page, "Save Changes").click()
    expect(key_field(page)).to_have_value("")
    expect(outcome(page)).to_have_text("Connection verified")


def connect_an_account(page: Page, hosts: Hosts, world: World) -> dict[str, str]:
    """Go through OAuth2; says what of it is secret."""
    client = oauth_client("google", serial="redis")
    open_new(page, "google")
    page.get_by_label("Client ID", exact=True).fill(client.id)
    page.get_by_label("Client secret", exact=True).fill(client.secret)
    name_field(page).fill("office")
    button(page, "Create Connection").click()
    button(page, "Connect Google Account").click()
    page.wait_for_url("https://accounts.google.com/**")
    back = world.oauth.authorize(page.url)
    query = parse_qs(urlsplit(back).query)
    page.goto(back)
    expect(status(page, "Connected")).to_be_visible()
    return {
        "state": query["state"][0],
        "code": query["code"][0],
        **kept_by_the_database(hosts),
    }


def kept_by_the_database(hosts: Hosts) -> dict[str, str]:
    """Every secret of every connection, by its field."""
    rows = hosts.db.rows("SELECT connection_uuid, field, sealed FROM integration_secrets")
    return {
        f"{row['field']} of {row['connection_uuid']}": _RING.open(
            row["sealed"], uuid=row["connection_uuid"], field=row["field"]
        )
        for row in rows
    }


def test_nothing_secret_is_ever_said_to_redis(page: Page, hosts: Hosts, world: World) -> None:
    first, second = (key("openrouter", serial=serial) for serial in ("first", "second"))
    cookies = {
        f"cookie {each.get('name')}": each.get("value", "") for each in page.context.cookies()
    }

    with hosts.redis.overheard() as overheard:
        add_with_a_secret(page, first, "main")
        replace_the_secret(page, second, world)
        secrets = connect_an_account(page, hosts, world)
        page.goto(hosts.first.first_admin_link)
        # Whoever is signed in already goes back to the page that they were on.
        expect(name_field(page)).to_be_visible()
    secrets |= cookies | {
        "typed key": first,
        "other typed key": second,
        "set-up token": hosts.first.first_admin_link.partition("token=")[2],
    }

    kept = hosts.redis.dump().decode(errors="replace")
    assert "hydrate" in overheard.text, "Nothing was heard."
    assert "admin_state" in kept, "Nothing was kept."
    for what, secret in secrets.items():
        assert secret not in overheard.text, what
        assert secret not in kept, what
    assert EMAIL not in overheard.text + kept


def test_not_even_who_holds_the_keys_finds_a_credential_there(
    page: Page, hosts: Hosts, world: World
) -> None:
    typed = key("openrouter", serial="opened")
    add_with_a_secret(page, typed, "main")

    secrets = {"typed key": typed, **connect_an_account(page, hosts, world)}

    opened = b"\n".join(
        _RING.open_bytes(line, place=b"redis") for line in hosts.redis.values() if line[:1] == b"\1"
    )
    assert EMAIL.encode() in opened, "Nothing was opened."
    for what, secret in secrets.items():
        assert secret.encode() not in opened, what


class Surprise:
    """What a stranger with access to Redis would have a worker unpickle."""

    def __init__(self, makes: Path) -> None:
        self.makes = makes

    def __reduce__(self) -> tuple[object, ...]:
        return Path.mkdir, (self.makes,)


def test_a_pickle_that_somebody_left_in_redis_is_never_opened(
    page: Page, hosts: Hosts, tmp_path: Path
) -> None:
    stored("mistral", "main")
    open_list(page)
    token = page.evaluate("sessionStorage.getItem('token')")
    made = tmp_path / "surprise"

    replaced = hosts.redis.replace_all(token, pickle.dumps(Surprise(made)))
    page.get_by_role("searchbox").fill("ma")
    expect(page).to_have_url(f"{hosts.first.origin}{routes.listing(search='ma')}")

    assert replaced
    assert not made.exists()
    expect(row(page, "main")).to_be_visible()


# --- When it is gone ---


def test_open_pages_are_live_again_after_a_restart_of_redis(page: Page, hosts: Hosts) -> None:
    stored("mistral", "before")
    open_list(page)
    before = {each.pid for each in workers(hosts.first)}

    hosts.redis.stop()
    expect(page.get_by_text("The connection to the server is lost")).to_be_visible()
    stored("mistral", "meanwhile")
    hosts.redis.start()

    expect(row(page, "meanwhile")).to_be_visible(timeout=BACK_WITHIN_S * 1_000)
    expect(page.get_by_text("The connection to the server is lost")).to_have_count(0)
    stored("mistral", "after")
    expect(row(page, "after")).to_be_visible()
    assert {each.pid for each in workers(hosts.first)} == before


def test_what_is_typed_survives_a_restart_of_redis(page: Page, hosts: Hosts) -> None:
    uuid = stored("openrouter", "main").uuid
    typed = key("openrouter", serial="typed")
    overheard = Overheard.listen(page)
    open_edit(page, uuid)
    name_field(page).fill("renamed")
    key_field(page).fill(typed)
    loads = overheard.loads

    hosts.redis.stop()
    hosts.redis.start()
    overheard.wait_for_load(page, after=loads, timeout_s=BACK_WITHIN_S)

    expect(name_field(page)).to_have_value("renamed")
    expect(key_field(page)).to_have_value(typed)
    button(page, "Save Changes").click()
    expect(outcome(page)).to_have_text("Connection verified")
    assert names() == ["renamed"]
    assert integrations.get_credentials(uuid)["api_key"] == typed


def called_when_back(origin: str, call: Call, *, token: str) -> stranger.Answers:
    """What a host answers once it has found Redis again, too; until then it lets nobody in."""
    give_up_at = time.monotonic() + BACK_WITHIN_S
    while True:
        try:
            return stranger.call(origin, [call], token=token)
        except socketio.exceptions.ConnectionError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.05)


def test_a_tab_whose_state_is_lost_belongs_to_nobody_else(page: Page, hosts: Hosts) -> None:
    stored("mistral", "main")
    overheard = Overheard.listen(page)
    open_list(page)
    token = page.evaluate("sessionStorage.getItem('token')")
    loads = overheard.loads
    hosts.redis.stop()
    hosts.redis.start()
    overheard.wait_for_load(page, after=loads, timeout_s=BACK_WITHIN_S)

    answers = called_when_back(
        hosts.second.origin,
        Call(handler="reflex___state____state.hydrate_and_load"),
        token=token,
    )

    assert answers.packets
    assert "main" not in answers.text
    assert EMAIL not in answers.text
    expect(row(page, "main")).to_be_visible()


def test_a_redis_that_cannot_be_reached_stops_the_start_in_one_line(hosts: Hosts) -> None:
    environment = {
        **hosts.first.environment,
        "REDIS_URL": "redis://:a-password@127.0.0.1:1/0",
        "PORT": str(serving.free_port()),
    }

    ended = subprocess.run(
        [*COMMAND, "serve"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 1
    [line] = ended.stderr.strip().splitlines()
    assert line.startswith("The Redis that REDIS_URL names cannot be used: ")
    assert "a-password" not in line
