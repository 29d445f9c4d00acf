"""Each address has its share of the public interface, and no more."""

from crew.backend.georeport.address_limits import AddressLimits
from tests.backend.citizens import Hands


def limits(clock: Hands) -> AddressLimits:
    return AddressLimits(clock, burst=3, per_second=0.5)


def taken(shares: AddressLimits, address: str, calls: int) -> int:
    return sum(not shares.seconds_to_wait(address) for _ in range(calls))


def test_an_address_gets_its_burst_and_is_told_when_to_come_back() -> None:
    shares = limits(Hands())
    assert taken(shares, "192.0.2.1", 3) == 3
    assert shares.seconds_to_wait("192.0.2.1") == 2.0


def test_one_address_does_not_take_the_share_of_another() -> None:
    shares = limits(Hands())
    taken(shares, "192.0.2.1", 10)
    assert taken(shares, "192.0.2.2", 3) == 3


def test_the_share_comes_back_with_time_but_never_more_than_a_burst() -> None:
    clock = Hands()
    shares = limits(clock)
    taken(shares, "192.0.2.1", 3)
    clock.turn(seconds=2)
    assert taken(shares, "192.0.2.1", 5) == 1
    clock.turn(days=1)
    assert taken(shares, "192.0.2.1", 5) == 3


def test_all_addresses_of_one_household_network_share() -> None:
    shares = limits(Hands())
    assert sum(taken(shares, f"2001:db8:1:2::{number:x}", 1) for number in range(1, 9)) == 3
    assert taken(shares, "2001:db8:1:3::1", 1) == 1
    assert taken(shares, "::1", 3) == 3


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    clock = Hands()
    shares = limits(clock)
    clock.turn(hours=-1)
    assert taken(shares, "192.0.2.1", 3) == 3


def test_memory_is_bounded_however_many_addresses_ask() -> None:
    shares = limits(Hands())
    for number in range(10_100):
        shares.seconds_to_wait(f"host-{number}")
    assert len(shares._buckets) == 10_000
