"""Data on standard output: for a person, for a pipe, for a program."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from integrations_app.cli.exit_codes import ExitCode
from integrations_app.cli.frame import stop

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_WIDEST = 10_000  # columns of a table that nobody's terminal cuts


class Output(StrEnum):
    """Format in which data is printed."""

    TABLE = "table"
    """For people: columns with headings."""

    JSON = "json"
    YAML = "yaml"
    PLAIN = "plain"
    """For pipes: one thing a line, tabs between its parts, no headings."""


OutputOption = Annotated[
    Output | None,
    typer.Option("--output", help="How to print; through a pipe: plain."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of `table` and `plain`.

    Attributes:
        heading: What stands above it.
        of: The value of a row.
    """

    heading: str
    of: Callable[[Any], object]


def chosen(output: Output | None) -> Output:
    """Return the format that was asked for, or the one that fits whoever reads."""
    if output is not None:
        return output
    return Output.TABLE if sys.stdout is not None and sys.stdout.isatty() else Output.PLAIN


def print_list(
    rows: "Iterable[DataclassInstance]", columns: Sequence[Column], output: Output | None
) -> None:
    """Print things of one kind; all but a table is printed as they come."""
    match chosen(output):
        case Output.JSON:
            _write_array(map(as_data, rows))
        case Output.YAML:
            _write_items(map(as_data, rows))
        case Output.PLAIN:
            for row in rows:
                write("\t".join(_cell(column.of(row)) for column in columns) + "\n")
        case Output.TABLE:
            cells = [[_cell(column.of(row)) for column in columns] for row in rows]
            _write_table([column.heading for column in columns], cells)


def print_record(record: Mapping[str, Any], output: Output | None) -> None:
    """Print one thing by its fields.

    Args:
        record: Data as `as_data` gives it.
        output: What was asked for.
    """
    match chosen(output):
        case Output.JSON:
            write(_json(record) + "\n")
        case Output.YAML:
            write(_yaml(record))
        case Output.PLAIN:
            for name, value in record.items():
                write(f"{name}\t{_cell(value)}\n")
        case Output.TABLE:
            _write_table([], [[name, _cell(value)] for name, value in record.items()])


def as_data(value: Any) -> Any:
    """Return a value as JSON has it: a dataclass by its fields, times in ISO 8601."""
    match value:
        case Mapping():
            return {str(key): as_data(part) for key, part in value.items()}
        case list() | tuple():
            return [as_data(part) for part in value]
        case Enum():
            return value.value
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case _ if hasattr(value, "__dataclass_fields__"):
            return {field.name: as_data(getattr(value, field.name)) for field in fields(value)}
    return value


def write(text: str) -> None:
    """Write data to standard output, or say why that is not possible."""
    if sys.stdout is None:
        stop(ExitCode.FAILED, "Standard output is closed.")
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        stop(ExitCode.FAILED, f"Standard output: {error.strerror}.")


def _write_array(items: Iterator[Any]) -> None:
    separator = "\n"
    write("[")
    for item in items:
        write(separator + "  " + _json(item).replace("\n", "\n  "))
        separator = ",\n"
    write("]\n" if separator == "\n" else "\n]\n")


def _write_items(items: Iterator[Any]) -> None:
    is_empty = True
    for item in items:
        write(_yaml([item]))
        is_empty = False
    if is_empty:
        write("[]\n")


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if text.replace("\n", "").isprintable():
        return text
    return json.dumps(value, indent=2)  # no terminal obeys what an account's name says


def _yaml(value: Any) -> str:
    import yaml

    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    if text.replace("\n", "").isprintable():
        return text
    return yaml.safe_dump(value, sort_keys=False)


def _write_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    table = Table(box=None, pad_edge=False, show_header=bool(headings), padding=(0, 2, 0, 0))
    for heading in headings or ("", ""):
        table.add_column(Text(heading.upper()), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(
        file=sys.stdout,
        width=None if is_terminal else _WIDEST,
        color_system=None if "NO_COLOR" in os.environ else "auto",
    )
    with console.capture() as drawn:
        console.print(table)
    for line in drawn.get().splitlines():
        write(line.rstrip() + "\n")


def _cell(value: object) -> str:
    """Return a value as one line of text, with nothing in it that a terminal obeys."""
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case Mapping():
            text = json.dumps(as_data(value), ensure_ascii=False) if value else ""
        case list() | tuple():
            text = ", ".join(map(str, value))
        case _:
            text = str(as_data(value))
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
