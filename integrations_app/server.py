"""Serving an existing build: pages, websocket and HTTP endpoints on one port.

Without Redis everything runs in this one process, so that killing it leaves nothing behind: no
orphaned worker that holds the port. With `REDIS_URL` there are as many workers as
`WEB_CONCURRENCY` says, else one per core; a killed worker is replaced, and a worker whose parent
is killed leaves by itself.

`services/operations/listening.py` says at which addresses.
"""

import asyncio
import atexit
import contextlib
import logging
import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations_app import below_path, frontend, logs, package_files
from integrations_app import settings as environment
from integrations_app.errors import StartRefused
from integrations_app.http import health
from integrations_app.reflex_adapter import server_limits, serving_environment
from integrations_app.services.operations import listening, shared_redis
from integrations_app.settings import Settings

if TYPE_CHECKING:
    from reflex_base.config import Config

logger = logging.getLogger(__name__)

STOP_WITHIN_S = 4.5

# Granian's errors go where everything else goes.
_GRANIAN_LOG: dict[str, Any] = {"handlers": {}, "loggers": {}}
_FIGURES = "PROMETHEUS_MULTIPROC_DIR"
"""Variable of prometheus_client, to be set before a worker imports it."""
_NOT_BUILT = "The pages are not built yet: run `make build` (or integrations build)."
_BROUGHT_NONE = "This package was made without its pages: install a wheel that `make wheel` made."
_served = threading.Event()


def check(settings: Settings) -> None:
    """Find out what would keep the server from starting, before anything else is started.

    Raises:
        StartRefused: There is no build, or the port cannot be listened to.
    """
    if not frontend.built():
        raise StartRefused(_NOT_BUILT if package_files.checkout() else _BROUGHT_NONE)
    listening.refuse_unusable(settings)


def begin(settings: Settings) -> None:
    """Log as the operator wants it, and let SIGTERM and SIGINT end whatever comes next.

    To be called before anything is started that has to be ended at exit.
    """
    _set_up_process(settings)
    atexit.register(_end_after_serving)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)


def serve(settings: Settings, *, on_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT, then stop within `STOP_WITHIN_S`; `begin` comes first.

    Args:
        settings: Where to listen, and whether several workers share a Redis.
        on_ready: Called once the app has started.

    Raises:
        StartRefused: The app or its server does not start.
    """
    with _pages_below_path(settings):
        if settings.redis_url:
            _serve_by_workers(settings, on_ready)
        else:
            os.environ.pop(_FIGURES, None)
            app = _load()
            listening.refuse_unusable(settings)  # Granian would share it with another of ours
            asyncio.run(_serve_here(app, settings, on_ready))
    _served.set()


def application() -> ASGIApp:
    """The app as a worker process loads it."""
    _set_up_process(environment.load())
    _leave_with_parent()
    atexit.register(os._exit, 0)  # for the reason of _end_after_serving
    return _Started(_load(), _heed_end)


async def _serve_here(app: ASGIApp, settings: Settings, on_ready: Callable[[], None]) -> None:
    has_started = asyncio.Event()
    first = _Started(app, has_started.set)
    main, *others = listening.addresses(settings)
    servers = [_server(first, main, settings.port, Interfaces.ASGI)]
    # The lifespan belongs to the first; these are only further doors.
    servers += [_server(app, other, settings.port, Interfaces.ASGINL) for other in others]
    stopping = asyncio.Event()
    _on_signal(lambda: _stop(servers, stopping))
    runs = [asyncio.create_task(servers[0].serve())]
    ready = asyncio.create_task(has_started.wait())
    await asyncio.wait({runs[0], ready}, return_when=asyncio.FIRST_COMPLETED)
    if ready.done() and not stopping.is_set():
        runs += [asyncio.create_task(server.serve()) for server in servers[1:]]
        on_ready()
    await asyncio.gather(*runs, return_exceptions=True)
    if not stopping.is_set():
        raise StartRefused("The server does not run; what it logged above says why.")


def _server(app: ASGIApp, address: str, port: int, interface: Interfaces) -> Server:
    return Server(
        app,
        address,
        port,
        interface=interface,
        log_level=LogLevels.error,
        log_dictconfig=_GRANIAN_LOG,
        **server_limits.limits(),
    )


def _stop(servers: list[Server], stopping: asyncio.Event) -> None:
    stopping.set()
    health.leave()
    _leave_at_last()
    for server in servers:
        server.stop()


def _on_signal(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


def _serve_by_workers(settings: Settings, on_ready: Callable[[], None]) -> None:
    # Not forked: this process already holds database connections, which two must not share.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "integrations_app.server:application",
        factory=True,
        address=listening.one_address(settings),
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        workers_kill_timeout=int(STOP_WITHIN_S),
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        log_dictconfig=_GRANIAN_LOG,
        **server_limits.limits(),
    )
    server.on_startup(on_ready)
    logger.info(shared_redis.NEEDS_WEBSOCKETS)
    listening.refuse_unusable(settings)
    with _shared_figures(settings):
        server.serve()


def _pages(settings: Settings) -> Path:
    """Folder of the pages as browsers need them below the path of the host."""
    return settings.data_dir / f"pages-{settings.port}"


@contextlib.contextmanager
def _pages_below_path(settings: Settings) -> Iterator[None]:
    """Have such pages while they are served; without a path, those of the build are right."""
    path = settings.address.path
    if not path:
        yield
        return
    made = _pages(settings)
    shutil.rmtree(made, ignore_errors=True)
    try:
        below_path.copy(frontend.originals(), made / "build" / "client", path=path)
        (made / "backend").symlink_to(frontend.web() / "backend")
    except OSError as error:
        raise StartRefused(f"The pages for {path} cannot be written to {made}: {error}") from error
    try:
        yield
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def _shared_figures(settings: Settings) -> Iterator[None]:
    """A folder where workers leave their figures for each other; new at each start."""
    folder = settings.data_dir / f"metrics-{settings.port}"
    shutil.rmtree(folder, ignore_errors=True)
    if settings.metrics_token is not None:
        folder.mkdir(parents=True)
        os.environ[_FIGURES] = str(folder)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _set_up_process(settings: Settings) -> None:
    os.environ.update(serving_environment.VARIABLES)
    for variable in frontend.BUILT_BELOW:
        os.environ.pop(variable, None)
    os.environ["REFLEX_WEB_WORKDIR"] = str(frontend.web())
    _have_home()
    logs.set_up(settings.log_level)
    server_limits.allow_connections()


def _have_home() -> None:
    """Name a home folder, where a container's user has none; Reflex cannot be imported without."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = "/nonexistent"  # nothing is written there


def _load() -> ASGIApp:
    settings = environment.load()
    if settings.address.path:
        os.environ["REFLEX_WEB_WORKDIR"] = str(_pages(settings))
    from integrations_app.reflex_adapter import configuration  # noqa: PLC0415 - reads those variables

    configuration.use(_configured)
    from reflex_base.config import get_config  # noqa: PLC0415 - reads those variables

    get_config()  # it says below which path pages are, which they are to know when they are drawn
    from integrations_app.integrations_app import app  # noqa: PLC0415 - asks for the configuration

    return app()


def _configured() -> "Config":
    from integrations_app.reflex_config import reflex_config  # noqa: PLC0415 - brings all of Reflex

    return reflex_config()


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    _leave_at_last()
    sys.exit(0)


def _end_after_serving() -> None:
    """Skip the dismantling of Python once everything else has ended.

    Registered first, so it runs last: a thread of Granian's that outlives its loop would meet an
    interpreter half taken down and abort the process.
    """
    if _served.is_set():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _leave_at_last() -> None:
    """End the process even if a thread waits for a provider that never answers."""
    deadline = threading.Timer(STOP_WITHIN_S, os._exit, (0,))
    deadline.daemon = True
    deadline.start()


def _heed_end() -> None:
    """Let a worker say that it leaves; what Granian does then hangs on its loop, and stays."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: health.leave())


def _leave_with_parent() -> None:
    """End this worker when the process that started it is gone, killed for instance."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


class _Started:
    """Passes everything on, and calls back when the app says that it has started."""

    def __init__(self, app: ASGIApp, on_start: Callable[[], None]) -> None:
        self.app = app
        self.on_start = on_start

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return

        async def heard(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self.on_start()

        await self.app(scope, receive, heard)
