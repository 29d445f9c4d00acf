"""One word per thing, a docstring on every module, and a reason beside every rule that is set aside."""

import ast
import re

from tests.rules.source import Module, modules, words

EMPTY_WORDS = {
    *("ticket", "tickets", "task", "tasks", "job", "jobs", "item", "items", "data", "info", "infos"),
    *("manager", "managers", "helper", "helpers", "util", "utils", "common"),
}
"""Words that could mean anything, or that mean a work order somewhere else."""

NAMES_OF_OTHERS = {
    "data_dir": "what --data names",
    "default_data_dir": "what --data names",
    "add_data": "adds --data",
    "data_version": "SQLite's own word",
}

_SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?P<codes>\S*(?:\s[A-Z]+\d+,?)*)(?P<rest>.*)")
_REASON = re.compile(r"^\s*[-#]\s*\S")


def test_every_module_says_what_it_is_for() -> None:
    silent = [module.name for module in modules("crew") if not ast.get_docstring(module.tree)]

    assert not silent


def test_no_name_is_an_empty_word() -> None:
    empty = [
        f"{module.name}: {name}"
        for module in modules("crew")
        for name in _names(module)
        if words(name) & EMPTY_WORDS and name not in NAMES_OF_OTHERS
    ]

    assert not empty, "docs/architecture.md has the words"


def test_every_allowed_exception_is_still_needed() -> None:
    used = {name for module in modules("crew") for name in _names(module)}

    assert set(NAMES_OF_OTHERS) <= used


def test_every_rule_that_is_set_aside_has_a_reason_beside_it() -> None:
    bare = [
        f"{module.name}:{number}: {line.strip()}"
        for module in modules("crew", "tests", "benchmarks")
        for number, line in enumerate(module.lines, start=1)
        if (found := _SUPPRESSION.search(line)) and not _has_reason(found)
    ]

    assert not bare


def _has_reason(found: re.Match[str]) -> bool:
    return bool(found["codes"]) and bool(_REASON.match(found["rest"]))


def _names(module: Module) -> list[str]:
    return [module.path.stem, *(node.name for node in (*module.functions(), *module.classes()))]
