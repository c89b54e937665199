"""The table of variables in the documentation, made from their declarations.

`python -m tests.settings.table` writes it anew; `make settings` does.
"""

from __future__ import annotations

from pathlib import Path

from integrations_app.settings import VARIABLES
from tests.processes import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "operating.md"
BEGIN = "<!-- made by `make settings` from integrations_app/settings/variables.py -->\n"
END = "<!-- end of what `make settings` made -->\n"


def table() -> str:
    """All variables with their meaning, default and an example, as Markdown."""
    head = "| variable | meaning | default | example |\n|---|---|---|---|\n"
    rows = (
        f"| `{each.name}` | {each.meaning} | {each.default} | `{_escaped(each.example)}` |\n"
        for each in VARIABLES
    )
    return head + "".join(rows)


def _escaped(text: str) -> str:
    return text.replace("|", r"\|")


def written(document: str) -> str:
    """The document with the table as it is to be."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main(path: Path = DOCUMENT) -> None:
    """Write the table into the document."""
    path.write_text(written(path.read_text()))


if __name__ == "__main__":
    main()
