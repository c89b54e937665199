"""The package alone, as a worker installs it: small, and enough for credentials and migrations."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests import installed as installation
from tests.conftest import ENCRYPTION_KEY
from tests.installed import Installed
from tests.postgresql import DatabaseUnderTest

MOST_PACKAGES = 40
MOST_MB = 110
SECRET = "sk-or-v1-" + 64 * "5"

WORK = """
import sys
from integrations_app import integrations
added = integrations.add_connection("openrouter", "main", values={"api_key": sys.argv[1]})
with integrations.subscribe() as events, integrations.client(added.uuid):
    integrations.rename_connection(added.uuid, "renamed")
    assert events.get(timeout_s=10).name == "renamed"
integrations.auth(added.uuid)
print(integrations.get_credentials(added.uuid)["api_key"])
"""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An environment with nothing but the wheel and what it depends on."""
    return installation.install_from_registry(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def environment(unmigrated_db: DatabaseUnderTest) -> dict[str, str]:
    return {"DATABASE_URL": unmigrated_db.url, "INTEGRATIONS_ENCRYPTION_KEYS": ENCRYPTION_KEY}


def test_it_is_small(bare: Installed) -> None:
    [packages] = (bare.folder / "lib").glob("python*/site-packages")
    names = [path.name for path in packages.glob("*.dist-info")]
    size_mb = sum(path.stat().st_size for path in packages.rglob("*") if path.is_file()) / 1e6
    print(f"{len(names)} packages, {size_mb:.0f} MB")

    assert len(names) <= MOST_PACKAGES
    assert size_mb <= MOST_MB


def test_it_migrates_and_has_credentials(
    bare: Installed, environment: dict[str, str], tmp_path: Path
) -> None:
    bare.run("integrations", "migrate", folder=tmp_path, **environment)

    said = bare.run("python", "-c", WORK, SECRET, folder=tmp_path, **environment)

    assert said.strip() == SECRET
    assert list(tmp_path.iterdir()) == []


def test_it_examines_itself(bare: Installed, environment: dict[str, str], tmp_path: Path) -> None:
    bare.run("integrations", "migrate", folder=tmp_path, **environment)

    report = json.loads(
        bare.run("integrations", "doctor", "--output", "json", folder=tmp_path, **environment)
    )

    assert report["healthy"]


@pytest.mark.parametrize(
    ("command", "extra"), [("serve", "web"), ("migrate", "embedded")], ids=lambda value: value
)
def test_what_it_lacks_it_names(bare: Installed, tmp_path: Path, command: str, extra: str) -> None:
    ended = subprocess.run(
        [bare.folder / "bin" / "integrations", command],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )

    [said] = ended.stderr.splitlines()
    assert f"run pip install 'integrations-app[{extra}]'" in said
    assert ended.returncode == 1
    assert list(tmp_path.iterdir()) == []
