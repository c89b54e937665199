"""Messages about an embedded PostgreSQL that does not start, and what to do."""

import errno
import os
import re

from integrations_app.storage.embedded_folder import ServerFolder

_ELSEWHERE = "Set INTEGRATIONS_DATA_DIR to a folder that can be written to, or DATABASE_URL."
_SHELL_READS = set('"$`\n')
"""Of a folder's path: PostgreSQL's own start hands it to a shell."""
_NAMELESS = "could not look up effective user ID"
_PREFIX = re.compile(r"^(\w+: )?(initdb|pg_ctl|postgres|FATAL|LOG): (error|fatal)?:?\s*")


def why(error: Exception, folder: ServerFolder) -> str:
    """One line for whoever started the program.

    Args:
        error: What stopped the start.
        folder: Where the database is, or was to be made.
    """
    path = folder.path
    said = str(error)
    if isinstance(error, PermissionError):
        if path.exists() and path.stat().st_uid != os.geteuid():
            return f"The embedded database in {path} belongs to another user of this system."
        return f"The folder {path} cannot be made or read by this user. {_ELSEWHERE}"
    if isinstance(error, OSError) and error.errno == errno.EROFS:
        return f"The folder {path} lies on a read-only file system. {_ELSEWHERE}"
    if isinstance(error, OSError) and error.errno == errno.ENOTDIR:
        return f"The folder {path} cannot be made: something on the way is a file. {_ELSEWHERE}"
    if _NAMELESS in said:
        return (
            "The embedded PostgreSQL runs only as a user with a name, and "
            f"{folder.owner.uid} has none here. Run as a user that /etc/passwd lists, or set"
            " DATABASE_URL."
        )
    if _SHELL_READS & set(str(path)):
        return f'The embedded PostgreSQL does not start below a path with ", $ or `: {path}.'
    if folder.log.exists():
        return f"The embedded PostgreSQL did not start; its log is {folder.log}."
    return f"The embedded PostgreSQL did not start: {_last_line(said)}"


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return _PREFIX.sub("", lines[-1]) if lines else "it said nothing."
