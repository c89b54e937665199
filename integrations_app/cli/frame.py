"""The frame of all commands: examples in their help, and the words of a refusal."""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import typer
from typer.core import TyperCommand

from integrations_app.cli.exit_codes import ExitCode

Function = TypeVar("Function", bound=Callable[..., None])


class Command(TyperCommand):
    """A command that never repeats arguments it does not know: a secret may be among them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; too many of them are counted, not quoted."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if ctx.args and not ctx.resilient_parsing:
            ctx.fail(f"There are more arguments than expected: {len(ctx.args)} too many.")
        return rest


def group(help_: str, *, example: str, more: str = "", add_completion: bool = False) -> typer.Typer:
    """Return a group of commands.

    Args:
        help_: One sentence.
        example: A whole line as one would type it.
        more: What stands below the example.
        add_completion: It has the options that install shell completion.
    """
    return typer.Typer(
        help=help_,
        epilog=_epilog(example) + (f"\n\n{more}" if more else ""),
        no_args_is_help=True,
        add_completion=add_completion,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def command(app: typer.Typer, name: str, *, example: str) -> Callable[[Function], Function]:
    """Make a function a command; its docstring is the help.

    Args:
        app: The group that it belongs to.
        name: What one types.
        example: A whole line as one would type it.
    """
    return app.command(name, cls=Command, epilog=_epilog(example))


class Misuse(typer.BadParameter):
    """Refusal of what cannot be meant; the message is a whole sentence."""

    def format_message(self) -> str:
        """Return the message alone, without the name of an option before it."""
        return self.message


def stop(code: ExitCode, message: str) -> NoReturn:
    """End the command with a line on standard error."""
    note(message)
    raise typer.Exit(code)


def note(message: str) -> None:
    """Say something that is no data: on standard error."""
    typer.echo(message, err=True)


def _epilog(example: str) -> str:
    return f"\b\nExample:\n  {example}"  # \b keeps the lines as they are
