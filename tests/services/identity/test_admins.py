"""Who may sign in, and how the first of them comes to be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from uuid_utils.compat import uuid7

from integrations_app.domain.actor import Actor, Origin
from integrations_app.errors import (
    EmailTaken,
    IntegrationError,
    InvalidEmail,
    SetupTokenInvalid,
    WeakPassword,
)
from integrations_app.services.identity import admins, sessions
from tests.postgresql import DatabaseUnderTest

EMAIL = "ada@example.com"
PASSWORD = "correct horse battery"
OPERATOR = Actor(kind="system", id="tests", label="system:tests", origin=Origin.CLI)

pytestmark = pytest.mark.usefixtures("db")


def test_a_created_admin_can_sign_in() -> None:
    created = admins.create(f"  {EMAIL} ", PASSWORD, OPERATOR)

    admin, _token = sessions.sign_in(EMAIL, PASSWORD, "192.0.2.1")

    assert admin == created
    assert admin.email == EMAIL


def test_the_password_is_stored_as_a_hash_only(db: DatabaseUnderTest) -> None:
    admins.create(EMAIL, PASSWORD, OPERATOR)

    [row] = db.rows("SELECT * FROM integration_admins")

    assert row["password_hash"].startswith("$argon2id$")
    assert PASSWORD not in str(row)


@pytest.mark.parametrize(
    "email", ["", "ada", "@example.com", "ada@", "a b@c.d", "a@b@c", "a\0@b.c"]
)
def test_what_is_not_an_email_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidEmail):
        admins.create(email, PASSWORD, OPERATOR)


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 501])
def test_a_password_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        admins.create(EMAIL, password, OPERATOR)


def test_an_email_address_is_taken_whatever_its_case() -> None:
    admins.create(EMAIL, PASSWORD, OPERATOR)

    with pytest.raises(EmailTaken):
        admins.create(EMAIL.upper(), PASSWORD, OPERATOR)


def test_creating_an_admin_is_audited_without_the_password(db: DatabaseUnderTest) -> None:
    admins.create(EMAIL, PASSWORD, OPERATOR)

    [entry] = db.rows("SELECT * FROM integration_audit")

    assert (entry["action"], entry["actor_label"]) == ("admin_added", "system:tests")
    assert entry["name"] == EMAIL
    assert entry["origin"] == "cli"
    assert PASSWORD not in str(entry)


def test_the_holder_of_the_link_becomes_the_first_admin(db: DatabaseUnderTest) -> None:
    token = admins.setup_token()
    assert token

    admin = admins.create_first(token, EMAIL, PASSWORD, request_id="r1")

    [entry] = db.rows("SELECT * FROM integration_audit")
    assert (entry["action"], entry["actor_id"]) == ("admin_added", str(admin.uuid))
    assert (entry["actor_label"], entry["request_id"]) == (EMAIL, "r1")


def test_the_link_works_once() -> None:
    token = admins.setup_token() or ""
    admins.create_first(token, EMAIL, PASSWORD)

    with pytest.raises(SetupTokenInvalid):
        admins.create_first(token, "eve@example.com", PASSWORD)


def test_a_refused_password_leaves_the_link_good() -> None:
    token = admins.setup_token() or ""
    with pytest.raises(WeakPassword):
        admins.create_first(token, EMAIL, "short")

    assert admins.create_first(token, EMAIL, PASSWORD).email == EMAIL


def test_a_new_link_ends_the_older_one() -> None:
    older = admins.setup_token() or ""
    newer = admins.setup_token() or ""

    with pytest.raises(SetupTokenInvalid):
        admins.create_first(older, EMAIL, PASSWORD)
    assert admins.create_first(newer, EMAIL, PASSWORD).email == EMAIL


def test_there_is_no_link_once_there_is_an_admin() -> None:
    admins.create(EMAIL, PASSWORD, OPERATOR)

    assert admins.setup_token() is None


def test_another_way_to_the_first_admin_ends_the_link() -> None:
    token = admins.setup_token() or ""
    admins.create(EMAIL, PASSWORD, OPERATOR)

    with pytest.raises(SetupTokenInvalid):
        admins.create_first(token, "eve@example.com", PASSWORD)


def test_only_the_hash_of_the_token_is_stored(db: DatabaseUnderTest) -> None:
    token = admins.setup_token() or ""

    [row] = db.rows("SELECT * FROM integration_setup_tokens")

    assert token.encode() not in bytes(row["token_hash"])


def test_of_many_who_use_the_link_at_once_one_gets_in(db: DatabaseUnderTest) -> None:
    token = admins.setup_token() or ""

    def use(number: int) -> str:
        try:
            return admins.create_first(token, f"a{number}@example.com", PASSWORD).email
        except IntegrationError as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(use, range(8)))

    assert outcomes.count("setup_token_invalid") == 7
    assert len(db.rows("SELECT * FROM integration_admins")) == 1


def test_a_removed_admin_is_signed_out_and_another_is_not(db: DatabaseUnderTest) -> None:
    ada = admins.create(EMAIL, PASSWORD, OPERATOR)
    bob = admins.create("bob@example.com", PASSWORD, OPERATOR)
    adas, bobs = sessions.open_for(ada), sessions.open_for(bob)

    assert admins.remove(ada.uuid, bob.acting()) is True

    assert sessions.admin_of(adas) is None
    assert sessions.admin_of(bobs) == bob
    entry = db.rows("SELECT * FROM integration_audit ORDER BY id")[-1]
    assert (entry["action"], entry["actor_label"]) == ("admin_removed", "bob@example.com")


def test_removing_nobody_is_quiet(db: DatabaseUnderTest) -> None:
    assert admins.remove(uuid7(), OPERATOR) is False

    assert db.rows("SELECT * FROM integration_audit") == []
