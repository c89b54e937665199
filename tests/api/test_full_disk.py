"""The embedded database has no room left, and then has some again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import processes
from tests.conftest import FOREIGN_SETTINGS

FILL_AND_GO_ON = """
import json, pathlib, sys
from integrations_app import errors, integrations
from integrations_app.storage import migrations

migrations.upgrade()
first = integrations.add_connection("mistral", "first", values={"api_key": "a" * 20})

ballast = pathlib.Path(sys.argv[1]) / "ballast"
with ballast.open("wb", buffering=0) as file:
    try:
        while file.write(bytes(65536)) == 65536:
            pass
    except OSError:
        pass

added, refused = [], None
while refused is None and len(added) < 5000:
    name = f"n-{len(added)}"
    try:
        integrations.add_connection("mistral", name, values={"api_key": "b" * 20})
    except errors.IntegrationError as error:
        refused = {"code": error.code, "name": name, "text": str(error)}
    else:
        added.append(name)

ballast.unlink()
refused["stored"] = sorted(c.name for c in integrations.list_connections()) == sorted(
    ["first", *added]
)
again = integrations.add_connection("mistral", refused["name"], values={"api_key": "c" * 20})
refused["again"] = integrations.get_credentials(again.uuid)["api_key"] == "c" * 20
refused["kept"] = integrations.get_credentials(first.uuid)["api_key"] == "a" * 20
print(json.dumps(refused))
"""


def test_a_write_without_room_says_so_and_loses_nothing(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*FOREIGN_SETTINGS, "DATABASE_URL", "INTEGRATIONS_ENCRYPTION_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INTEGRATIONS_DATA_DIR", str(small_disk / "data"))

    told = json.loads(processes.run(FILL_AND_GO_ON, str(small_disk)))

    assert told["code"] == "database_unavailable"
    assert "room" in told["text"]
    assert told["stored"], "What was refused is not stored, and all else is."
    assert told["again"]
    assert told["kept"]
