"""Checks the answers that a citizen gave to a service's own questions. Backend layer, pure.

An answer to a question that the service does not ask is ignored, as any unknown parameter.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Final

from crew.backend.georeport.moments import read_start
from crew.backend.georeport.refusals import CorrectParameters

if TYPE_CHECKING:
    from crew.backend.catalogue import Attribute, Service

_LISTS: Final = ("singlevaluelist", "multivaluelist")

Answers = Mapping[str, tuple[str, ...]]
"""What was answered, by the code of the question."""


def checked_answers(service: "Service", answers: Answers) -> dict[str, tuple[str, ...]]:
    """The answers to what the service asks.

    Raises:
        CorrectParameters: One sentence for each answer that is missing or does not fit.
    """
    questions = [question for question in service.attributes if question.variable]
    problems = [problem for question in questions for problem in _problems(question, answers.get(question.code, ()))]
    if problems:
        raise CorrectParameters(*problems)
    return {question.code: answers[question.code] for question in questions if question.code in answers}


def _problems(question: "Attribute", given: tuple[str, ...]) -> Iterator[str]:
    name = f"attribute[{question.code}]"
    if not given:
        if question.required:
            yield f"{name} was not given: {question.description}"
        return
    if len(given) > 1 and question.datatype != "multivaluelist":
        yield f"{name} takes one value."
    if not all(_fits(question, value) for value in given):
        yield f"{name} {_expected(question)}"


def _fits(question: "Attribute", value: str) -> bool:
    match question.datatype:
        case "number":
            return _is_number(value)
        case "datetime":
            return _is_moment(value)
        case datatype if datatype in _LISTS:
            return value in {key for key, _ in question.values}
        case _:
            return True


def _expected(question: "Attribute") -> str:
    match question.datatype:
        case "number":
            return "is not a number."
        case "datetime":
            return "is not a date: write it like 2026-03-11T02:30:00Z."
        case _:
            return f"is not one of: {', '.join(key for key, _ in question.values)}."


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def _is_moment(value: str) -> bool:
    try:
        read_start("", value, UTC)
    except CorrectParameters:
        return False
    return True
