"""Nothing is so long that it must be scrolled to be understood."""

from tests.rules.source import length, modules

MODULE_LINES = 350
CLASS_LINES = 250
FUNCTION_LINES = 40


def test_no_module_is_too_long() -> None:
    long = {module.name: len(module.lines) for module in modules("crew") if len(module.lines) > MODULE_LINES}

    assert not long, f"more than {MODULE_LINES} lines: find the second thought, and give it a module"


def test_no_class_is_too_long() -> None:
    long = [
        f"{module.name}:{node.lineno} {node.name}: {length(node)}"
        for module in modules("crew")
        for node in module.classes()
        if length(node) > CLASS_LINES
    ]

    assert not long, f"more than {CLASS_LINES} lines"


def test_no_function_is_too_long() -> None:
    long = [
        f"{module.name}:{node.lineno} {node.name}: {length(node)}"
        for module in modules("crew")
        for node in module.functions()
        if length(node) > FUNCTION_LINES
    ]

    assert not long, f"more than {FUNCTION_LINES} lines"
