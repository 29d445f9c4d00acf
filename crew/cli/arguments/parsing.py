"""The parser of every command, and how one is added. CLI layer; knows no command."""

import argparse
from typing import Final, NoReturn, TypeAlias

from crew.domain.errors import CorrectUsage
from crew.domain.plain_text import clean_text


class Parser(argparse.ArgumentParser):
    """Says what is wrong in the same form as every other error."""

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments."""
        raise CorrectUsage(f"{clean_text(message)}. See: {self.prog} --help")


ORDER: Final = "number of the order, as `crew list` and `crew queue` print it"
"""What an id is, wherever an order is named."""

Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def add(
    commands: Commands, name: str, module: str, function: str, help_text: str, example: str = ""
) -> argparse.ArgumentParser:
    """Add a command.

    Args:
        commands: Where to.
        name: What is typed.
        module: Where it is, imported when it is called.
        function: What is called with the parsed arguments.
        help_text: What it does, in a line without a full stop.
        example: How it is called, where that is not plain.
    """
    parser = commands.add_parser(name, help=help_text, description=help_text[:1].upper() + help_text[1:] + ".")
    if example:
        parser.epilog = f"For example: {example.replace('%', '%%')}"
    add_data(parser)
    parser.add_argument("--json", action="store_true", help="print JSON for scripts")
    parser.set_defaults(module=module, function=function)
    return parser


def count(word: str) -> int:
    """How many, at least one; for `type` of an argument, as argparse wants it. Raises ArgumentTypeError otherwise."""
    if not (word.isascii() and word.isdigit() and int(word)):
        raise argparse.ArgumentTypeError(f'"{word}" is no number from 1 on')
    return int(word)


def add_data(parser: argparse.ArgumentParser) -> None:
    """Let it be said where the data lies."""
    parser.add_argument("--data", default=argparse.SUPPRESS, metavar="DIR", help="where the data lies")
