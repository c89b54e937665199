"""The library stands on its own feet: no web framework, no side effects, in any process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations_app import extras
from integrations_app.domain.connection import Connection
from tests import processes
from tests.api.conftest import KEY
from tests.postgresql import DatabaseUnderTest
from tests.world import World

USE_EVERYTHING = """
import sys
for name in {missing!r}:
    sys.modules[name] = None
from integrations_app import errors, integrations
from integrations_app.modules import Module, registry
added = integrations.add_connection("mistral", "script", values={{"api_key": "abc"}})
integrations.rename_connection(added.uuid, "renamed")
integrations.get_credentials(added.uuid)
integrations.validate_credentials("google", {{}})
integrations.auth(added.uuid)
google = integrations.add_connection("google", "script", values={{"client_id": "id"}})
integrations.authorization_url(google.uuid, "https://example.com/back")
with integrations.subscribe(), integrations.client(added.uuid):
    integrations.remove_connection(added.uuid)
print(sorted({{name.partition(".")[0] for name in sys.modules}}))
"""

ONLY_IMPORT = """
import builtins, os, socket
before = set(os.listdir("."))
def refuse(*args, **kwargs): raise SystemExit("import-time I/O")
socket.socket.connect = refuse
from integrations_app import errors, integrations
assert set(os.listdir(".")) == before
"""

CHECK_IN_A_FORKED_CHILD = """
import os
from uuid import uuid4
from integrations_app import integrations
UUID = {uuid!r}
def use():
    with integrations.subscribe() as events:
        integrations.rename_connection(UUID, f"by-{{uuid4()}}")
        event = events.get(timeout_s=10)
    key = integrations.get_credentials(UUID)["api_key"]
    ok = integrations.validate_connection(UUID).ok
    return bool(event and key and ok and integrations.list_connections())
assert use()
child = os.fork()
if child == 0:
    os._exit(0 if use() else 1)
assert use()
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert use()
print("well")
"""

LISTEN_IN_A_FORKED_CHILD = """
import os
from integrations_app import integrations
UUID = {uuid!r}
events = integrations.subscribe()
integrations.rename_connection(UUID, "unread-by-the-parent")
child = os.fork()
if child == 0:
    missed = events.get(timeout_s=10).kind
    integrations.rename_connection(UUID, "by-the-child")
    heard = events.get(timeout_s=10).name
    events.close()
    integrations.rename_connection(UUID, "after-the-end")
    is_quiet = events.get(timeout_s=0.3) is None
    os._exit(0 if (missed, heard, is_quiet) == ("resync", "by-the-child", True) else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
names = [events.get(timeout_s=10).name for _ in range(3)]
assert names == ["unread-by-the-parent", "by-the-child", "after-the-end"], names
print("well")
"""

WITHOUT_FORK = """
import os, sys
for name in ("fork", "register_at_fork", "getuid", "geteuid", "getgid", "getegid", "chown"):
    delattr(os, name)
for name in ("fcntl", "pwd", "grp", "resource", "termios"):
    sys.modules[name] = None
from integrations_app import integrations
from integrations_app.services.checking import run
from integrations_app.services.connections import replacement
from integrations_app.services.oauth import exchange
from integrations_app.services.operations import startup
with integrations.subscribe() as events, integrations.client(UUID := {uuid!r}):
    integrations.rename_connection(UUID, "elsewhere")
    assert events.get(timeout_s=10).name == "elsewhere"
print(integrations.get_credentials(UUID)["api_key"])
"""
"""As on Windows, as far as the library is concerned."""

LOOK_UP_IN_A_FORKED_CHILD = """
import os
from integrations_app import integrations
from integrations_app.modules import registry
from tests.api.providers import SELF_HOSTED, Contributing
registry.register(Contributing(SELF_HOSTED))
def refused():
    values = {"base_url": "https://127.0.0.1:1", "api_key": "x"}
    result = integrations.validate_credentials("forge", values)
    return result.details == {"provider_code": "private_network"}
assert refused()
child = os.fork()
if child == 0:
    os._exit(0 if refused() else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
print("well")
"""


@pytest.fixture
def folder_for_all() -> Iterator[Path]:
    """A folder that PostgreSQL reaches too, which does not run as root."""
    with tempfile.TemporaryDirectory(prefix="integrations-tests-") as folder:
        yield Path(folder)


CREDENTIALS = """
import sys
from integrations_app import integrations
print(integrations.get_credentials({uuid!r})["api_key"])
print(sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


@pytest.mark.usefixtures("db")
def test_a_script_uses_the_library_without_any_extra() -> None:
    of_extras = [name for brought in extras.MODULES.values() for name in brought]

    imported = processes.run(USE_EVERYTHING.format(missing=of_extras))

    assert "'reflex_base'" not in imported
    assert "'alembic'" not in imported
    for adapted in ("requests", "aiohttp", "google", "azure"):
        assert f"'{adapted}'" not in imported
    assert "'psycopg'" in imported


def test_credentials_are_had_without_what_other_calls_need(connection: Connection) -> None:
    script = CREDENTIALS.format(uuid=str(connection.uuid))

    key, imported = processes.run(script).splitlines()

    assert key == KEY
    for name in ("sqlalchemy", "sqlmodel", "authlib", "httpx", "httpx2", "anyio"):
        assert f"'{name}'" not in imported


def test_importing_it_touches_neither_files_nor_the_network() -> None:
    processes.run(ONLY_IMPORT)


def test_a_forked_child_uses_it_like_its_parent(connection: Connection, outside: World) -> None:
    script = CHECK_IN_A_FORKED_CHILD.format(uuid=str(connection.uuid))

    assert processes.run(script) == "well"
    assert len(outside.requests(key=KEY)) >= 4


def test_a_subscription_of_the_parent_goes_on_in_a_forked_child(connection: Connection) -> None:
    assert processes.run(LISTEN_IN_A_FORKED_CHILD.format(uuid=str(connection.uuid))) == "well"


def test_it_needs_nothing_that_only_unix_has(connection: Connection) -> None:
    assert processes.run(WITHOUT_FORK.format(uuid=str(connection.uuid))) == KEY


@pytest.mark.usefixtures("without_proxy")
def test_a_forked_child_looks_names_up_like_its_parent(db: DatabaseUnderTest) -> None:
    assert processes.run(LOOK_UP_IN_A_FORKED_CHILD) == "well"


def test_without_database_url_there_is_an_embedded_database(
    folder_for_all: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("INTEGRATIONS_ENCRYPTION_KEYS", raising=False)
    monkeypatch.setenv("INTEGRATIONS_DATA_DIR", str(folder_for_all / "data"))
    migrate = "from integrations_app.storage import migrations; migrations.upgrade()\n"
    add = (
        "from integrations_app import integrations as i\n"
        "i.add_connection('mistral', 'main', values={'api_key': 'kept'})\n"
    )
    read = (
        "from integrations_app import integrations as i\n"
        "print(i.get_credentials('mistral:main')['api_key'])"
    )

    processes.run(migrate + add)

    assert processes.run(read) == "kept"
    made = {each.name for each in (folder_for_all / "data").iterdir()}
    assert made == {"postgresql", "encryption.keys"}
