"""Reflex takes its configuration from the program, whatever lies in the folder that it runs in."""

from __future__ import annotations

from pathlib import Path

from tests import processes

FOREIGN = (
    "open('executed', 'w').close(); import reflex as rx; config = rx.Config(app_name='foreign')"
)

ASK = """
import os, sys
os.chdir(sys.argv[1])
from integrations_app.reflex_adapter import configuration
def make():
    import reflex as rx
    return rx.Config(app_name="ours")
configuration.use(make)
import reflex as rx
from reflex.config import get_config
from reflex_base.config import reload_config
print(get_config().app_name, rx.App() and get_config().app_name, reload_config().app_name)
"""


def test_a_foreign_configuration_is_neither_used_nor_executed(tmp_path: Path) -> None:
    (tmp_path / "rxconfig.py").write_text(FOREIGN)

    used = processes.run(ASK, str(tmp_path))

    assert used == "ours ours ours"
    assert not (tmp_path / "executed").exists()
