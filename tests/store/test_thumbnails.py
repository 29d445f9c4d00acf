"""Thumbnails on the device: the latest are kept, and say nothing about the photos themselves."""

import pytest

from crew.domain.work_order import PhotoHash
from tests.trucks import Truck


def test_they_are_there_after_a_restart_and_replaced_by_newer_ones(truck: Truck) -> None:
    name, other = PhotoHash("1" * 64), PhotoHash("2" * 64)
    truck.store.thumbnails.keep({name: b"old"})
    truck.store.thumbnails.keep({name: b"new"})
    again = truck.reopened().store.thumbnails
    assert (again.read(name), again.read(other)) == (b"new", None)
    assert again.lacking([other, name]) == [other]


def test_the_oldest_go_where_they_are_too_many(truck: Truck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crew.store.thumbnails._MOST", 3)
    names = [PhotoHash(f"{number:064}") for number in range(5)]
    for name in names:
        truck.store.thumbnails.keep({name: b"picture"})
    assert truck.store.thumbnails.lacking(names) == names[:2]


def test_none_at_all_is_no_trouble(truck: Truck) -> None:
    truck.store.thumbnails.keep({})
    assert truck.store.thumbnails.lacking([]) == []
