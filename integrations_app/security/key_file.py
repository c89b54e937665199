"""The key file that serves whoever sets no keys in the environment."""

import base64
import os
import secrets
import stat
from pathlib import Path

from integrations_app.errors import InvalidSetting, KeyRingMismatch
from integrations_app.settings import KEY_BYTES, decode_key

NAME = "encryption.keys"
_HEADING = (
    "# Keys of the integrations' secrets, newest first. Keep a copy apart from the database.\n"
)


def read(data_dir: Path) -> tuple[bytes, ...]:
    """The keys of the file, newest first; empty if there is no file.

    Raises:
        InvalidSetting: A line is not a key.
        KeyRingMismatch: Others than the owner can read the file.
    """
    path = data_dir / NAME
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(str(path), f"cannot be read ({type(error).__name__})") from error
    if os.name == "posix" and mode & 0o077:
        raise KeyRingMismatch(f"{path} can be read by others; run `chmod 600 {path}`.")
    texts = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return tuple(decode_key(str(path), text) for text in texts)


def create(data_dir: Path) -> tuple[bytes, ...]:
    """Make a file with one new key; whoever loses the race reads the winner's.

    Returns:
        The keys that the file holds now.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / NAME
    fresh = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{_HEADING}{key}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # whole or not at all, and never over a key that exists
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return read(data_dir)
