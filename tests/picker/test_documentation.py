"""The documentation's example is a page."""

from __future__ import annotations

import re
from pathlib import Path

from tests.processes import REPOSITORY, run

ASSETS = "integrations_app/components/picker"


def test_the_example_makes_a_page_and_brings_all_its_files(tmp_path: Path) -> None:
    documented = (REPOSITORY / "docs" / "embedding.md").read_text()
    examples = re.findall(r"```python\n(.*?)```", documented, re.DOTALL)
    example = next(each for each in examples if "integration_picker(" in each)
    within = f"import os; os.chdir({str(tmp_path)!r})\n{example}\nprint(translations().render())"

    rendered = run(within)

    assert "IntegrationPicker" in rendered
    browsers_part = (REPOSITORY / ASSETS).glob("*.[jc]s*")
    linked = {path.name for path in tmp_path.rglob("*") if path.is_symlink()}
    assert linked == {path.name for path in browsers_part}
