"""The image of the Dockerfile: small, not root's, and at ease where nothing can be written."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations_app import settings
from tests.conftest import ENCRYPTION_KEY
from tests.e2e.serving import answers, free_port
from tests.operations import dockerfile
from tests.operations.dockerfile import Image
from tests.operations.postgres import Postgres
from tests.processes import REPOSITORY

DOCKERFILE = REPOSITORY / "Dockerfile"
COMPOSE = REPOSITORY / "compose.yaml"
MOST_MB = 350
BASE_MB = 150
"""More than python:3.13-slim takes, which cannot be had here."""
READY_WITHIN_S = 90
STOPPED_WITHIN_S = 5

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="Only root can become another user."),
    pytest.mark.timeout(1_200),  # the first test waits for packages, and for the build
]


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The image; not below /tmp, which a container has for itself."""
    with tempfile.TemporaryDirectory(prefix="integrations-image-", dir="/var/tmp") as folder:
        root = Path(folder)
        root.chmod(0o755)
        built = dockerfile.perform(DOCKERFILE, root)
        shutil.rmtree(root / "src")  # no part of the last stage
        yield built


def test_every_step_has_its_reason() -> None:
    without = [step for step in dockerfile.steps(DOCKERFILE) if not step.reason]

    assert [step.name for step in without] == []


def test_what_it_is_told_is_what_the_server_reads() -> None:
    told = re.compile(r"\b(INTEGRATIONS_[A-Z_]+|DATABASE_URL)\b")
    names = told.findall(DOCKERFILE.read_text()) + told.findall(COMPOSE.read_text())

    assert names
    assert set(names) <= set(settings.NAMES)


def test_the_image_is_small_and_carries_nothing_to_build_with(image: Image) -> None:
    app = image.root / "app"
    size_mb = sum(each.lstat().st_size for each in app.rglob("*")) / 1e6
    print(f"/app: {size_mb:.0f} MB")

    assert size_mb <= MOST_MB - BASE_MB
    for name in ("bun", "pip", "hatchling", "pytest", "initdb"):
        assert not list(app.rglob(name)), name


def test_it_serves_as_nobody_from_what_it_cannot_write(
    image: Image, server: Postgres, name: str
) -> None:
    port = free_port()
    server.let_create(name)
    environment = {
        "DATABASE_URL": server.url(name),
        "INTEGRATIONS_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "INTEGRATIONS_LISTEN": "127.0.0.1",  # the image's own would be every address
        "PORT": str(port),
    }

    process = image.container(image.command, **environment)
    try:
        wait_until_ready(process, f"http://127.0.0.1:{port}/readyz")
        health = image.container(image.health, **environment)
        said, _ = health.communicate(timeout=STOPPED_WITHIN_S * 4)
        assert health.returncode == 0, said
        assert answers(f"http://127.0.0.1:{port}/login/")
        asked_at = time.monotonic()
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=STOPPED_WITHIN_S * 4)
        stopped_within_s = time.monotonic() - asked_at
    finally:
        process.kill()

    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert stopped_within_s <= STOPPED_WITHIN_S
    assert list((image.root / "data").iterdir()) == []


def test_an_unhealthy_one_is_told_apart(image: Image) -> None:
    health = image.container(image.health, PORT=str(free_port()))
    health.communicate(timeout=STOPPED_WITHIN_S * 4)

    assert health.returncode != 0


def wait_until_ready(process: subprocess.Popen[str], url: str) -> None:
    give_up_at = time.monotonic() + READY_WITHIN_S
    while not answers(url):
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < give_up_at
        time.sleep(0.05)
