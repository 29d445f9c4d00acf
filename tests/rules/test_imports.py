"""Who may import whom, and what must not be loaded yet."""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from crew.backend.backend_settings import BackendSettings
from tests.builders import NOON
from tests.founding import found_city
from tests.rules.source import ROOT


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("crew", include_external_packages=True, cache_dir=None)


def test_the_import_contracts_are_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([sys.executable, lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_domain_imports_only_itself_and_python_and_the_base_of_its_values(graph: grimp.ImportGraph) -> None:
    foreign = {name for name in _imported_by(graph, "crew.domain") if name not in sys.stdlib_module_names}

    assert foreign <= {"crew.domain", "msgspec"}
    assert graph.find_modules_that_directly_import("msgspec") & graph.find_descendants("crew.domain") == {
        "crew.domain.value"
    }


def test_the_backend_shares_with_the_terminal_only_what_both_must_agree_on(graph: grimp.ImportGraph) -> None:
    shared = {name for name in _imported_by(graph, "crew.backend") if name.startswith("crew")}

    assert shared <= {
        "crew",
        "crew.backend",
        "crew.domain",
        "crew.durable",
        "crew.maps",
        "crew.photos",
        "crew.settings",
        "crew.system_clock",
        "crew.thumbnail_wire",
        "crew.account_wire",
        "crew.wire",
    }


@pytest.mark.parametrize(
    ("imported", "unwanted"),
    [
        ("crew.cli.main", {"textual", "rich", "PIL", "httpx", "starlette", "sqlalchemy", "msgspec", "apsw"}),
        ("crew.photos.darkroom, crew.photo_work", {"PIL"}),
        ("crew.cli.field", {"asyncio", "textual", "PIL", "starlette", "sqlalchemy"}),
        ("crew.cli.terminal", {"textual", "PIL", "httpx", "starlette", "sqlalchemy"}),
        (
            "crew.app, crew.field_work, crew.store.store, crew.wiring, crew.pictures",
            {"PIL", "textual_image", "httpx", "starlette", "sqlalchemy", "uvicorn", "jinja2", "_hashlib"},
        ),
        ("crew.backend.asgi", {"textual", "httpx", "apsw"}),
    ],
)
def test_importing_it_does_not_load_what_is_heavy_and_not_needed_yet(imported: str, unwanted: set[str]) -> None:
    program = f"import sys, {imported}; print(*sorted(name for name in sys.modules if '.' not in name))"

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert not unwanted & set(done.stdout.split())


def test_a_command_of_the_backend_loads_neither_the_terminal_nor_the_steps_of_a_database_that_has_them(
    tmp_path: Path,
) -> None:
    found_city(tmp_path, BackendSettings(), lambda: NOON).database.close()
    program = "import sys; from crew.cli.main import run; run(sys.argv[1:]); print(*sorted(sys.modules))"
    words = ["backend", "people", "--data", str(tmp_path)]

    done = subprocess.run([sys.executable, "-c", program, *words], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "crew.backend.city" in done.stdout.split()
    assert not {"alembic", "crew.wiring", "crew.store"} & set(done.stdout.split())


def _imported_by(graph: grimp.ImportGraph, package: str) -> set[str]:
    """What the modules of a package import, third parties by their first name, our own by their first two."""
    found = {
        name
        for module in {package, *graph.find_descendants(package)}
        for name in graph.find_modules_directly_imported_by(module)
    }
    return {".".join(name.split(".")[:2]) if name.startswith("crew.") else name.split(".")[0] for name in found}
