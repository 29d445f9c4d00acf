"""A clone works anywhere: no file names one machine's folders or one network's package index."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.rules.source import ROOT

# Written so that this file does not match itself.
_PLACES = re.compile(
    r"/[r]oot/|/[w]ork/|/[h]ome/[a-z]+/|/[o]pt/|[p]ypi\.|[p]ythonhosted|[f]iles\.python|--(extra-)?[i]ndex-url|--[f]ind-links"
)


def test_no_file_names_a_machine_or_a_package_index() -> None:
    named = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in _tracked()
        for number, line in enumerate(_lines(path), start=1)
        if _PLACES.search(line)
    ]

    assert not named


def test_the_lock_holds_names_versions_and_hashes_only() -> None:
    line = re.compile(r"#.*|[a-z0-9-]+==[\w.]+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")

    foreign = [text for text in _lines(ROOT / "requirements.lock") if not line.fullmatch(text)]

    assert not foreign


def _lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8", errors="replace").splitlines()


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: there is no list of the project's own files")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
