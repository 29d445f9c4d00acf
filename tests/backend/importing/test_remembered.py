"""What repeats is worked out once, and what never ends is forgotten in time."""

from crew.backend.importing.remembered import LIMIT, LONGEST, Remembered


def test_each_question_is_worked_out_once() -> None:
    asked: list[str] = []

    def work_out(question: str) -> int:
        asked.append(question)
        return len(question)

    remembered = Remembered(work_out)
    assert [remembered["a"], remembered["bb"], remembered["a"]] == [1, 2, 1]
    assert asked == ["a", "bb"]


def test_no_more_is_remembered_than_the_limit() -> None:
    remembered: Remembered[int, int] = Remembered(lambda number: -number)
    assert all(remembered[number] == -number for number in range(LIMIT + 10))
    assert len(remembered) == 10


def test_long_questions_are_answered_and_not_kept() -> None:
    remembered = Remembered(len)
    assert remembered["x" * (LONGEST + 1)] == LONGEST + 1
    assert not remembered
