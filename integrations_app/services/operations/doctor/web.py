"""Needs of the web server: an address, a Redis where there are workers, room on the disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from integrations_app.domain.finding import Finding, ok, problem, warning
from integrations_app.errors import StartRefused
from integrations_app.services.operations import listening, shared_redis
from integrations_app.settings import Settings

_ROOM_BYTES = 500_000_000


def examine_address(configured: Settings) -> Iterator[Finding]:
    """Examine where browsers find the pages, and whose word about clients is believed."""
    subject = "web.address"
    public = configured.public_url
    if public is None:
        told = f"{configured.url}, for this machine alone while no public address is set"
        yield ok(subject, told)
    elif not public.is_https and not public.is_local:
        message = (
            f"{public.origin} is not encrypted: passwords and sessions can be read on the way."
        )
        yield warning(subject, message, "Serve it behind a proxy that speaks HTTPS.")
    else:
        yield ok(subject, public.url)
    for message in listening.warnings(configured):
        yield warning("web.listening", message, "Set the variable that is named.")
    if public is not None and not configured.trusted_proxies:
        message = "No proxy is trusted: behind one, all people share one address at sign-in."
        remedy = "Name its network in INTEGRATIONS_TRUSTED_PROXIES if there is one."
        yield warning("web.proxies", message, remedy)
    elif configured.trusted_proxies:
        yield ok("web.proxies", ", ".join(map(str, configured.trusted_proxies)))


def examine_redis(configured: Settings) -> Iterator[Finding]:
    """Examine the Redis by which several workers share their state."""
    subject = "web.redis"
    try:
        warnings = shared_redis.check(configured, may_configure=False)
    except StartRefused as error:
        yield problem(subject, str(error), "Correct REDIS_URL, or start the Redis.")
        return
    for message in warnings:
        yield warning(subject, message, "Set REDIS_URL, or leave WEB_CONCURRENCY unset.")
    if configured.redis_url and not warnings:
        yield ok(subject, f"answers; {configured.workers} workers share it")
    elif not configured.redis_url:
        yield ok(subject, "not used; one process serves")


def examine_connections_of_pages(configured: Settings) -> Iterator[Finding]:
    """Examine by which ways open pages may be connected."""
    if configured.redis_url:
        yield ok("web.live_pages", shared_redis.NEEDS_WEBSOCKETS)
    else:
        yield ok("web.live_pages", "WebSockets, and long polling where a proxy blocks them")


def examine_disk(configured: Settings) -> Iterator[Finding]:
    """Examine the room where the key file and the embedded database are."""
    subject = "disk"
    folder = next(each for each in _upwards(configured.data_dir) if each.is_dir())
    free = shutil.disk_usage(folder).free
    told = f"{free / 1e9:,.1f} GB free at {configured.data_dir}"
    if free < _ROOM_BYTES:
        yield warning(subject, f"Only {told}.", "Make room, or move INTEGRATIONS_DATA_DIR.")
    else:
        yield ok(subject, told)


def _upwards(path: Path) -> Iterator[Path]:
    absolute = path.absolute()
    yield absolute
    yield from absolute.parents
