"""A host whose IPv6 address swallows packets is reached by IPv4, whoever asks."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.private import Listener, listening
from tests.postgresql import DatabaseUnderTest
from tests.processes import LONGEST_S, REPOSITORY
from tests.security.black_hole import black_hole

DUAL = "dual.example"
SOON_S = 1.5
"""A quarter of a second, and what a busy machine adds; without a rival it would be five or more."""

EACH_WAY = """
import json, sys, time
from integrations_app import integrations
from integrations_app.modules import registry
from tests.api.providers import SELF_HOSTED, Contributing
from tests.api.requests.callers import OURS
registry.register(Contributing(SELF_HOSTED))
values = {"base_url": sys.argv[1], "api_key": "abc"}
uuid = integrations.add_connection("forge", "main", values=values).uuid
ways = {name: lambda send=send: send(uuid, "GET", sys.argv[1]) for name, send in OURS.items()}
ways["check"] = lambda: integrations.validate_credentials("forge", values)
took = {}
for name, ask in ways.items():
    began = time.monotonic()
    try: ask()
    except Exception: pass  # whoever listens there hangs up
    took[name] = time.monotonic() - began
print(json.dumps(took))
"""


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Somebody at the host's IPv4 address; at its IPv6 address nobody answers."""
    with listening() as found, black_hole("::1", port=found.port):
        yield found


def times_to_fail(folder: Path, url: str) -> dict[str, float]:
    """How many seconds each way to send a request takes, in a process that knows the host."""
    (folder / "hosts").write_text(f"127.0.0.1 localhost\n::1 {DUAL}\n127.0.0.1 {DUAL}\n")
    if shutil.which("unshare") is None:
        pytest.skip("There is no unshare.")
    mounted = 'mount --bind "$0" /etc/hosts || exit 77; exec "$@"'
    done = subprocess.run(
        [
            "unshare",
            "-m",
            "sh",
            "-c",
            mounted,
            folder / "hosts",
            sys.executable,
            "-c",
            EACH_WAY,
            url,
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    if done.returncode == 77 or "unshare:" in done.stderr:
        pytest.skip(f"Only the system's administrator may mount: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.usefixtures("without_proxy")
def test_a_provider_is_reached_by_its_other_address(
    db: DatabaseUnderTest, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATIONS_ALLOW_PRIVATE_NETWORK", "127.0.0.0/8,::1")

    took = times_to_fail(tmp_path, f"https://{DUAL}:{listener.port}")

    assert max(took.values()) < SOON_S, took
    assert len(listener.visits) >= len(took)


@pytest.mark.usefixtures("without_proxy")
def test_a_proxy_is_reached_by_its_other_address(
    db: DatabaseUnderTest, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{DUAL}:{listener.port}")

    took = times_to_fail(tmp_path, "https://provider.example")

    assert max(took.values()) < SOON_S, took
    assert len(listener.visits) >= len(took)
