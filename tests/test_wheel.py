"""What others install: complete, at home in any folder, and a quiet guest in their database."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import installed as installation
from tests.conftest import ENCRYPTION_KEY
from tests.installed import Installed
from tests.postgresql import DatabaseUnderTest
from tests.processes import REPOSITORY

SHOP = REPOSITORY / "tests" / "embedding_app"
NOTHING_TO_DO = "No new upgrade operations detected."

PROVIDERS = """
from integrations_app import integrations
print(*(provider.key for provider in integrations.list_providers()))
"""
OUR_CHECK = """
from alembic import command
from alembic.config import Config
from integrations_app import package_files
config = Config()
config.set_main_option("script_location", str(package_files.migrations()))
command.check(config)
"""
OTHERS_CHECK = """
import os
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from integrations_app.embedding import exclude_our_tables

url = os.environ["DATABASE_URL"].replace("://", "+psycopg://", 1)
with sa.create_engine(url).connect() as connection:
    for options in ({}, {"include_name": exclude_our_tables}):
        context = MigrationContext.configure(connection, opts=options)
        print(len(compare_metadata(context, sa.MetaData())))
"""
"""How much another app's Alembic, which has no tables, would do to ours."""


@pytest.fixture
def environment(unmigrated_db: DatabaseUnderTest) -> dict[str, str]:
    """What leads to a database without a single table."""
    return {"DATABASE_URL": unmigrated_db.url, "INTEGRATIONS_ENCRYPTION_KEYS": ENCRYPTION_KEY}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The folder of another app, which has migrations of its own."""
    return shutil.copytree(SHOP, tmp_path / "shop")


def below(folder: str, pattern: str) -> set[str]:
    return {
        path.relative_to(REPOSITORY / folder).as_posix()
        for path in (REPOSITORY / folder).rglob(pattern)
        if "external" not in path.parts
    }


@pytest.mark.parametrize(
    ("folder", "pattern", "place"),
    [
        ("integrations_app", "*.py", "integrations_app"),
        ("integrations_app", "py.typed", "integrations_app"),
        ("integrations_app", "*.toml", "integrations_app"),
        ("integrations_app", "*.jsx", "integrations_app"),
        ("integrations_app", "*.js", "integrations_app"),
        ("integrations_app", "*.css", "integrations_app"),
        ("alembic", "*.py", "integrations_app/_migrations"),
        ("assets", "*.*", "integrations_app/_assets"),
    ],
)
def test_the_wheel_holds_all_that_runs(
    installed: Installed, folder: str, pattern: str, place: str
) -> None:
    wanted = {f"{place}/{path}" for path in below(folder, pattern)}

    assert wanted
    assert wanted - set(installed.files) == set()


def test_the_wheel_brings_one_package_and_nothing_beside_it(installed: Installed) -> None:
    places = {name.partition("/")[0] for name in installed.files}

    assert places == {"integrations_app", installed.wheel.name.split("-py3")[0] + ".dist-info"}


def test_the_command_works_in_any_folder(
    installed: Installed, environment: dict[str, str], tmp_path: Path
) -> None:
    installed.run("integrations", "migrate", folder=tmp_path, **environment)
    installed.run(
        *("integrations", "create-admin", "ada@example.com"),
        folder=tmp_path,
        INTEGRATIONS_ADMIN_PASSWORD="correct horse battery staple",
        **environment,
    )
    keys = installed.run("python", "-c", PROVIDERS, folder=tmp_path, **environment).split()

    assert {"google", "microsoft", "openrouter", "mistral", "deepseek"} <= set(keys)


def test_a_wheel_made_without_built_pages_is_a_library_and_says_so(tmp_path: Path) -> None:
    without = installation.install(tmp_path, REFLEX_WEB_WORKDIR=str(tmp_path / "nowhere"))

    with pytest.raises(AssertionError, match="made without its pages: install a wheel that"):
        without.run("integrations", "serve", folder=tmp_path)

    assert not any(name.startswith("integrations_app/_pages/") for name in without.files)


def test_the_module_is_the_command_too(installed: Installed, tmp_path: Path) -> None:
    of_command = installed.run("integrations", "--help", folder=tmp_path)
    of_module = installed.run("python", "-m", "integrations_app", "--help", folder=tmp_path)

    assert "create-admin" in of_module
    assert of_module.replace("python -m integrations_app", "integrations") == of_command


def test_two_apps_share_a_database_and_propose_nothing_about_each_other(
    installed: Installed,
    environment: dict[str, str],
    unmigrated_db: DatabaseUnderTest,
    shop: Path,
) -> None:
    ours = {**environment, "INTEGRATIONS_SCHEMA": "integrations_app"}
    installed.run("integrations", "migrate", folder=shop, **ours)
    installed.run("python", "-m", "alembic", "upgrade", "head", folder=shop, **environment)

    theirs = installed.run("python", "-m", "alembic", "check", folder=shop, **environment)

    assert NOTHING_TO_DO in theirs
    assert NOTHING_TO_DO in installed.run("python", "-c", OUR_CHECK, folder=shop, **ours)
    assert unmigrated_db.rows("SELECT version_num FROM alembic_version") == [{"version_num": "1"}]


def test_in_one_schema_the_other_app_leaves_alone_what_it_is_told_to(
    installed: Installed, environment: dict[str, str], shop: Path
) -> None:
    installed.run("integrations", "migrate", folder=shop, **environment)

    proposed = installed.run("python", "-c", OTHERS_CHECK, folder=shop, **environment).split()

    assert int(proposed[0]) > 0
    assert proposed[1] == "0"
    assert NOTHING_TO_DO in installed.run("python", "-c", OUR_CHECK, folder=shop, **environment)
