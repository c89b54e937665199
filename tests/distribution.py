"""How `pytest -n` shares the tests out: by file, files with the same servers to one process.

Every other process begins with the tests in browsers, which keep a processor busy; those between
begin at the other end, with tests that wait a good deal. So neither are processors idle, nor are
browsers and their servers started by all processes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

_TOGETHER = (
    ("tests/e2e/test_embedding", "tests/test_wheel.py"),
    ("tests/picker/",),
    (
        "tests/e2e/test_faults_killed.py",
        "tests/e2e/test_first_admin.py",
        "tests/e2e/test_restart.py",
    ),
)
"""Files, by the beginnings of their paths, whose tests share servers that start slowly.

One process runs them. A file that is forgotten here costs one more start, and nothing else.
"""

_FIRST = tuple(row[0] for row in _TOGETHER)
_IN_BROWSERS = "tests/e2e/"


class ByFile(LoadScopeScheduling):
    """Hands out units, each time a process has finished one."""

    def __init__(self, config: pytest.Config) -> None:
        config.option.loadscopereorder = False  # they are in order, see `ordered`
        super().__init__(config, Producer("units", enabled=config.option.debug))

    def _assign_work_unit(self, node: WorkerController) -> None:
        if self.nodes.index(node) % 2:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        return _unit(nodeid)


def ordered(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests of slow servers first, then those in browsers, the files with few tests last.

    So no process starts a browser twice.
    """
    sizes = Counter(_unit(item.nodeid) for item in items)

    def rank(item: pytest.Item) -> tuple[int, int, str, bool]:
        unit = _unit(item.nodeid)
        in_browser = item.nodeid.startswith(_IN_BROWSERS)
        early = _FIRST.index(unit) if unit in _FIRST else len(_FIRST) + (not in_browser)
        return early, -sizes[unit], unit, in_browser

    return sorted(items, key=rank)


def _unit(nodeid: str) -> str:
    """The file of a test, or whatever stands for the row that the file belongs to."""
    file = nodeid.partition("::")[0]
    return next((row[0] for row in _TOGETHER if file.startswith(row)), file)
