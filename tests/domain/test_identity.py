"""Ids of one act follow each other, and are as good as any."""

from itertools import islice
from random import Random
from uuid import RFC_4122, UUID

from crew.domain.identity import ids_from, uuid7
from tests.builders import NOON


def test_the_ids_of_one_act_begin_with_the_first_and_follow_it() -> None:
    first = uuid7(lambda: NOON, Random(4).getrandbits)
    ids = list(islice(ids_from(first), 500))
    assert ids[0] == str(first)
    assert ids == sorted(set(ids))
    assert {(UUID(one).version, UUID(one).variant) for one in ids} == {(7, RFC_4122)}


def test_after_the_last_tail_comes_the_first_and_nothing_else_changes() -> None:
    last = UUID("0193599a-0000-7000-bfff-ffffffffffff")
    assert list(islice(ids_from(last), 2)) == [str(last), "0193599a-0000-7000-bfff-000000000000"]
