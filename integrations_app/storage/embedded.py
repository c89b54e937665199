"""The embedded PostgreSQL that serves whoever named none.

Several processes use one server: the first starts it, the last stops it. All that they share lies
in its own folder, which is closed to other users.
"""

import atexit
import contextlib
import json
import logging
import os
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from integrations_app.errors import DatabaseUnavailable, NoDatabase
from integrations_app.storage import embedded_password, embedded_words
from integrations_app.storage.embedded_folder import Postmaster, ServerFolder

logger = logging.getLogger(__name__)

_FAILURES = (
    OSError,
    RuntimeError,
    LookupError,
    ValueError,
    subprocess.SubprocessError,
    psycopg.Error,
)
_REGISTER = ".handle_pids.json"
_READY_WITHIN_S = 60
_LOOK_EVERY_S = 0.05
_LOOK_AFTER_EVERY_S = 1.0


def start(data_dir: Path, *, may_create: bool) -> str:
    """Start the server under `data_dir`, or join the one that runs there already.

    It stops with the last process that uses it.

    Args:
        data_dir: Folder that holds the server's own folder, `postgresql`.
        may_create: Whether to make a database where there is none.

    Returns:
        Address of its database, password included.

    Raises:
        NoDatabase: There is none, and none is to be made.
        DatabaseUnavailable: It does not start; the message says why, and what to do.
    """
    folder = ServerFolder(data_dir / "postgresql")
    try:
        if not folder.is_made:
            if not may_create:
                raise NoDatabase(data_dir)
            folder.make()
        with folder.locked():
            return _joined(folder)
    except _FAILURES as error:
        logger.debug("embedded PostgreSQL: %s", error)
        raise DatabaseUnavailable(embedded_words.why(error, folder)) from error


def _joined(folder: ServerFolder) -> str:
    postmaster = folder.postmaster()
    if postmaster is None:
        folder.run("pg_ctl", "start", "-w", "-t", str(_READY_WITHIN_S), *_start_options(folder))
    postmaster = _ready(folder)
    password = embedded_password.demand(folder, postmaster)
    _register(folder)
    return (
        f"postgresql://{embedded_password.USER}:{password}@/postgres"
        f"?host={quote(str(postmaster.socket_folder), safe='')}&port={postmaster.port}"
    )


def _start_options(folder: ServerFolder) -> tuple[str, ...]:
    # pg_ctl hands its -o to a shell.
    escaped = "'" + str(folder.socket_folder()).replace("'", "'\\''") + "'"
    options = f"-h '' -k {escaped} -c unix_socket_permissions=0700"
    return ("-l", str(folder.log), "-o", options)


def _ready(folder: ServerFolder) -> Postmaster:
    give_up_at = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < give_up_at:
        postmaster = folder.postmaster()
        if postmaster is None:
            break
        if postmaster.is_ready:
            return postmaster
        time.sleep(_LOOK_EVERY_S)
    raise RuntimeError("It does not get ready.")


def _register(folder: ServerFolder) -> None:
    """Note that this process uses the server; killed ones, which never sign off, are struck off."""
    pids = _registered(folder)
    if os.getpid() not in pids:
        _write_register(folder, [*pids, os.getpid()])
        left = threading.Event()
        atexit.register(_leave, folder, left)
        keeper = threading.Thread(
            target=_keep, args=(folder, left), name="integrations-embedded", daemon=True
        )
        keeper.start()


def _keep(folder: ServerFolder, left: threading.Event) -> None:
    """Start the server again where it was killed, for as long as this process uses it."""
    output = ""
    while not left.wait(_LOOK_AFTER_EVERY_S):
        try:
            if folder.postmaster() is not None:
                continue
            if not folder.is_made:
                return  # somebody has removed it
            with folder.locked():
                _joined(folder)
            why, output = "The embedded PostgreSQL had ended; it was started again.", ""
        except _FAILURES as error:  # what the killed one leaves may take it a moment to go
            why = embedded_words.why(error, folder)
        if why != output:
            logger.warning("%s", why)
            output = why


def _leave(folder: ServerFolder, left: threading.Event) -> None:
    """Stop the server, unless others use it; a forked child was never registered."""
    left.set()
    try:
        with folder.locked():
            pids = _registered(folder)
            if os.getpid() not in pids:
                return
            others = [pid for pid in pids if pid != os.getpid()]
            _write_register(folder, others)
            if not others:
                _stop(folder)
    except (OSError, subprocess.SubprocessError) as error:
        logger.debug("embedded PostgreSQL: %s", error)


def _stop(folder: ServerFolder) -> None:
    postmaster = folder.postmaster()
    if postmaster is None:
        return
    folder.run("pg_ctl", "stop", "-w", "-m", "fast")
    if postmaster.socket_folder != folder.path:
        with contextlib.suppress(OSError):
            postmaster.socket_folder.rmdir()


def _registered(folder: ServerFolder) -> list[int]:
    try:
        pids = json.loads((folder.path / _REGISTER).read_text() or "[]")
    except (FileNotFoundError, ValueError):  # killed in mid-write
        return []
    return [pid for pid in pids if psutil.pid_exists(pid)]


def _write_register(folder: ServerFolder, pids: list[int]) -> None:
    folder.write(_REGISTER, json.dumps(pids))
