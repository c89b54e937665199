"""Figures for the operator's monitoring, in Prometheus' terms.

They count from the start of the server, over all its workers. How many connections there are is
asked of the database when somebody reads. Labels take few values: keys of declared providers,
outcomes, templates of routes.
"""

import os
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.multiprocess import (
    MultiProcessCollector,
    mark_process_dead,  # pyright: ignore[reportUnknownVariableType] - without types
)
from prometheus_client.registry import Collector

from integrations_app import settings
from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Status
from integrations_app.domain.event import Event, EventKind
from integrations_app.errors import DatabaseUnavailable
from integrations_app.events.hub import Fact, Hub
from integrations_app.services import observation
from integrations_app.services.changes import event_stream
from integrations_app.services.observation import Observer
from integrations_app.storage import queries
from integrations_app.storage.engine import database

__all__ = ["CONTENT_TYPE", "Metrics", "collected", "exposition"]

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Variable of prometheus_client: where workers leave their figures for each other."""

_OK = "ok"
_OTHER = "other"
_LOOK_EVERY_S = 1.0
_EVENT_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_PROVIDER_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics(Observer):
    """Figures that this process has counted."""

    def __init__(self) -> None:
        disable_created_metrics()  # a second series for each, which nobody reads
        self.registry = registry = CollectorRegistry()
        by_outcome = ("provider", "outcome")
        self._checks = Counter(
            "integrations_checks", "Checks of credentials.", by_outcome, registry=registry
        )
        self._refreshes = Counter(
            "integrations_token_refreshes", "Renewals of tokens.", by_outcome, registry=registry
        )
        self._provider_requests = Histogram(
            "integrations_provider_request_seconds",
            "Checks and token requests sent to providers.",
            ("provider",),
            buckets=_PROVIDER_S,
            registry=registry,
        )
        self._http_requests = Histogram(
            "integrations_http_request_seconds",
            "Requests answered.",
            ("route", "method", "status"),
            registry=registry,
        )
        self._event_lag = Histogram(
            "integrations_event_lag_seconds",
            "From a change to its arrival, in each worker.",
            buckets=_EVENT_S,
            registry=registry,
        )
        self.listener_connected = Gauge(
            "integrations_listener_connected",
            "Whether changes arrive, in every worker.",
            multiprocess_mode="livemin",
            registry=registry,
        )

    def checked(self, provider: str, reason: CheckReason | str | None) -> None:
        """A check was judged, recorded or not."""
        self._checks.labels(provider, _outcome(reason)).inc()

    def refreshed(self, provider: str, reason: CheckReason | None) -> None:
        """A provider was asked to renew a token."""
        self._refreshes.labels(provider, _outcome(reason)).inc()

    def asked(self, provider: str, *, duration_s: float) -> None:
        """A request of ours to a provider has ended."""
        self._provider_requests.labels(provider).observe(duration_s)

    def answered(self, *, route: str, method: str, status: int, duration_s: float) -> None:
        """A request to us was answered."""
        self._http_requests.labels(route, method, str(status)).observe(duration_s)

    def arrived(self, fact: Fact) -> None:
        """A change has come through the listener."""
        if isinstance(fact, Event) and fact.kind is not EventKind.RESYNC:
            lag_s = (datetime.now(UTC) - fact.at).total_seconds()
            self._event_lag.observe(max(lag_s, 0))  # clocks of two hosts differ


_collected: list[Metrics] = []


@contextmanager
def collected() -> Generator[None]:
    """Count for the length of the block, if the operator has set a token to read it with."""
    if settings.load().metrics_token is None:
        yield
        return
    metrics, stopping = Metrics(), threading.Event()
    listening = threading.Thread(target=_attend, args=(metrics, stopping), daemon=True)
    observation.add(metrics)
    _collected.append(metrics)
    listening.start()
    try:
        yield
    finally:
        stopping.set()
        _collected.remove(metrics)
        observation.remove(metrics)
        listening.join(_LOOK_EVERY_S)


def exposition() -> bytes | None:
    """All figures as Prometheus reads them; None where nobody counts."""
    if not _collected:
        return None
    read = CollectorRegistry()
    folder = os.environ.get(SHARED_FOLDER)
    if folder is None:
        read.register(_collected[-1].registry)
    else:
        _forget_dead(Path(folder))
        MultiProcessCollector(read, folder)
    read.register(_Connections())
    return generate_latest(read)


class _Connections(Collector):
    """Counts rows, not what any process did, so several workers say it once."""

    def collect(self) -> Iterable[Metric]:
        """One figure a status; none while the database is away."""
        try:
            rows = database().fetch(queries.count_by_status)
        except DatabaseUnavailable:
            return
        counts: dict[str, int] = dict(tuple(row) for row in rows)
        family = GaugeMetricFamily(
            "integrations_connections", "Connections there are.", labels=("status",)
        )
        for status in Status:
            family.add_metric((status.value,), counts.get(status.value, 0))
        yield family


def _outcome(reason: CheckReason | str | None) -> str:
    if reason is None:
        return _OK
    return reason if reason in set(CheckReason) else _OTHER


def _attend(metrics: Metrics, stopping: threading.Event) -> None:
    """Receive what the listener hears, and look whether it does."""
    hub: Hub | None = None
    while not stopping.is_set():
        try:
            if event_stream.hub() is not hub:
                hub = event_stream.hub()
                hub.add(metrics.arrived)
            metrics.listener_connected.set(event_stream.is_listening())
        except DatabaseUnavailable:
            metrics.listener_connected.set(0)
        stopping.wait(_LOOK_EVERY_S)
    metrics.listener_connected.set(0)
    if hub is not None:
        hub.remove(metrics.arrived)


def _forget_dead(folder: Path) -> None:
    """A worker that was killed listens no more; what it counted stays counted."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid, str(folder))
