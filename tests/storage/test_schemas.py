"""In which schema our tables are, and how programs find it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from integrations_app import errors, integrations
from integrations_app.services.operations import doctor, startup
from integrations_app.storage import migrations
from integrations_app.storage.engine import database
from integrations_app.storage.schemas import IN_HOSTS
from tests import processes
from tests.postgresql import DatabaseUnderTest

START_IN_A_HOST = """
from integrations_app import routes
from integrations_app.services.operations import startup

routes.embed(prefix="/integrations", home="/", sign_in="/sign-in", sign_out=None)
startup.prepare_data()
"""
START_ALONE = "from integrations_app.services.operations import startup; startup.prepare_data()"
OURS = 13
"""How many tables of ours there are, Alembic's own among them."""


def tables(db: DatabaseUnderTest, schema: str) -> list[str]:
    rows = db.rows("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", schema)
    return [row["tablename"] for row in rows]


def names() -> list[str]:
    return [connection.name for connection in integrations.list_connections()]


@pytest.fixture
def told(unmigrated_db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a schema that the operator has set, and that does not exist yet."""
    monkeypatch.setenv("INTEGRATIONS_SCHEMA", "a_schema")
    yield "a_schema"
    database().dispose()


def test_alone_they_go_where_the_search_path_begins(unmigrated_db: DatabaseUnderTest) -> None:
    migrations.upgrade()

    assert len(tables(unmigrated_db, "public")) == OURS
    assert tables(unmigrated_db, IN_HOSTS) == []


def test_inside_another_app_they_go_to_a_schema_of_their_own(
    unmigrated_db: DatabaseUnderTest,
) -> None:
    unmigrated_db.execute("CREATE TABLE projects (title text PRIMARY KEY)")

    processes.run(START_IN_A_HOST)

    assert len(tables(unmigrated_db, IN_HOSTS)) == OURS
    assert tables(unmigrated_db, "public") == ["projects"]


def test_programs_that_are_told_nothing_find_them_there(unmigrated_db: DatabaseUnderTest) -> None:
    processes.run(START_IN_A_HOST)

    added = integrations.add_connection("mistral", "main", values={"api_key": "a-key"})

    assert integrations.get_credentials(added.uuid)["api_key"] == "a-key"
    assert integrations.get_credentials("mistral:main")["api_key"] == "a-key"
    assert names() == ["main"]
    assert startup.is_ready()


def test_a_layout_that_is_shared_already_stays_as_it_is(db: DatabaseUnderTest) -> None:
    integrations.add_connection("mistral", "main")

    processes.run(START_IN_A_HOST)

    assert tables(db, IN_HOSTS) == []
    assert names() == ["main"]


def test_a_search_path_of_the_address_stays_as_good_as_it_was(
    unmigrated_db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    unmigrated_db.execute("CREATE SCHEMA elsewhere")
    mark = "&" if "?" in unmigrated_db.url else "?"
    address = f"{unmigrated_db.url}{mark}options=-csearch_path%3Delsewhere"
    monkeypatch.setenv("DATABASE_URL", address)

    processes.run(START_ALONE)
    integrations.add_connection("mistral", "main")
    processes.run(START_IN_A_HOST)

    assert names() == ["main"]
    assert len(tables(unmigrated_db, "elsewhere")) == OURS
    assert tables(unmigrated_db, IN_HOSTS) == []
    database().dispose()


def test_where_the_operator_says_everything_happens_there(
    unmigrated_db: DatabaseUnderTest, told: str
) -> None:
    unmigrated_db.execute("CREATE TABLE projects (title text PRIMARY KEY)")

    migrations.upgrade()
    added = integrations.add_connection("mistral", "main", values={"api_key": "a-key"})
    integrations.rename_connection(added.uuid, "renamed")

    assert integrations.get_credentials(added.uuid)["api_key"] == "a-key"
    assert integrations.usages(added.uuid) == []
    assert names() == ["renamed"]
    assert len(tables(unmigrated_db, told)) == OURS
    assert tables(unmigrated_db, "public") == ["projects"]
    assert startup.is_ready()
    assert integrations.remove_connection(added.uuid)


def test_no_session_is_left_with_another_search_path(
    unmigrated_db: DatabaseUnderTest, told: str
) -> None:
    migrations.upgrade()
    integrations.add_connection("mistral", "main")

    with database().writer.connect() as connection:
        path = connection.execute(text("SHOW search_path")).scalar()

    assert told not in str(path)


def test_every_revision_goes_up_and_down_there(unmigrated_db: DatabaseUnderTest, told: str) -> None:
    processes.run("""
from alembic import command
from alembic.config import Config
from integrations_app import package_files

config = Config()
config.set_main_option("script_location", str(package_files.migrations()))
command.upgrade(config, "head")
command.check(config)
command.downgrade(config, "base")
""")

    assert tables(unmigrated_db, told) == ["integrations_alembic_version"]
    assert tables(unmigrated_db, "public") == []


def test_two_of_them_are_an_error_that_names_both(db: DatabaseUnderTest) -> None:
    db.execute(f"CREATE SCHEMA {IN_HOSTS}")
    db.execute(f"CREATE TABLE {IN_HOSTS}.integrations_alembic_version (version_num text)")

    with pytest.raises(
        errors.InvalidSetting, match=f"^INTEGRATIONS_SCHEMA: .* {IN_HOSTS} and public"
    ):
        integrations.list_connections()
    with pytest.raises(errors.InvalidSetting):
        integrations.get_credentials("mistral:main")
    with pytest.raises(errors.InvalidSetting):
        integrations.add_connection("mistral", "main")
    found = {finding.subject: finding.message for finding in doctor.examine()}
    assert "public" in found["database.schema"]


def test_of_two_of_them_the_operator_may_choose_one(
    db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    integrations.add_connection("mistral", "main")
    db.execute(f"CREATE SCHEMA {IN_HOSTS}")
    db.execute(f"CREATE TABLE {IN_HOSTS}.integrations_alembic_version (version_num text)")
    monkeypatch.setenv("INTEGRATIONS_SCHEMA", "public")

    assert names() == ["main"]
    database().dispose()


def test_a_schema_that_is_called_like_the_role_is_refused(
    unmigrated_db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = unmigrated_db.rows("SELECT current_user::text AS name")[0]["name"]
    monkeypatch.setenv("INTEGRATIONS_SCHEMA", role)

    with pytest.raises(errors.InvalidSetting, match=f"called like the database's role, {role}"):
        migrations.upgrade()

    assert tables(unmigrated_db, role) == []
    database().dispose()


def test_a_role_that_may_not_create_it_is_told_what_to_grant(
    unmigrated_db: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    name = urlsplit(unmigrated_db.url).path[1:]
    role = f"{name}_humble"
    unmigrated_db.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'hunter2'")
    try:
        url = urlsplit(unmigrated_db.url)
        host = url.netloc.rpartition("@")[2]
        humble = url._replace(netloc=f"{role}:hunter2@{host}").geturl()
        monkeypatch.setenv("DATABASE_URL", humble)
        with pytest.raises(errors.StartRefused, match=f"{role} may not create the schema {told}"):
            migrations.upgrade()
        database().dispose()
    finally:
        unmigrated_db.execute(f"DROP ROLE {role}")


def test_tables_that_move_are_found_again(db: DatabaseUnderTest) -> None:
    integrations.add_connection("mistral", "main")
    assert names() == ["main"]
    moved = " ".join(f"ALTER TABLE {each} SET SCHEMA {IN_HOSTS};" for each in tables(db, "public"))
    db.execute(f"CREATE SCHEMA {IN_HOSTS}")
    db.execute(moved)

    with pytest.raises(errors.DatabaseUnavailable):
        names()

    assert names() == ["main"]
