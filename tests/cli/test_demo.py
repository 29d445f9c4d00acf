"""What `crew demo` says when it ends."""

from typing import TYPE_CHECKING

import pytest

from crew.cli.demo import mails_words

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("count", "words"), [(0, "0 mails"), (1, "1 mail,"), (2, "2 mails")])
def test_no_folder_is_named_that_goes_with_the_run(tmp_path: "Path", count: int, words: str) -> None:
    for number in range(count):
        (tmp_path / f"{number}.eml").touch()
    kept, gone = mails_words(tmp_path, kept=True), mails_words(tmp_path, kept=False)
    assert words in kept
    assert words in gone
    assert str(tmp_path) in kept
    assert str(tmp_path) not in gone
    assert "--data DIR keeps" in gone
