"""What every command says of itself: each argument, and an example that can be typed as it stands."""

import argparse
import shlex
from collections.abc import Iterator

from crew.cli.main import _parser


def test_every_command_says_what_it_is_and_what_it_takes() -> None:
    for parser in _parsers(_parser(commands=True)):
        assert parser.description, parser.prog
        for action in parser._actions:
            silent = isinstance(action, argparse._SubParsersAction) or action.help
            assert silent, f"{parser.prog}: {action.option_strings or action.dest}"


def test_every_example_can_be_typed() -> None:
    examples = [parser.epilog for parser in _parsers(_parser(commands=True)) if parser.epilog]
    assert len(examples) > 5
    for example in examples:
        program, *words = shlex.split(example.removeprefix("For example: "))
        assert program == "crew"
        assert _parser(commands=True).parse_args(words).function


def _parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from _parsers(inner)
