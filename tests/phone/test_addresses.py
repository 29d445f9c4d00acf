"""Which of a machine's addresses a phone is told, and which it never is."""

import ipaddress

import pytest

from crew.domain.errors import AwaitLink
from crew.phone.addresses import Way, local_ways, ways

WIFI = Way("192.168.1.20", "wlp2s0")
CABLE = Way("10.20.0.5", "enp3s0")
OTHER_CABLE = Way("172.16.9.9", "eth1")


def test_wireless_comes_first_then_the_way_to_the_world() -> None:
    assert local_ways([OTHER_CABLE, CABLE, WIFI], CABLE.address) == [WIFI, CABLE, OTHER_CABLE]
    assert local_ways([CABLE, OTHER_CABLE], OTHER_CABLE.address) == [OTHER_CABLE, CABLE]
    assert local_ways([CABLE, OTHER_CABLE], None) == [CABLE, OTHER_CABLE]


@pytest.mark.parametrize(
    "way",
    [
        Way("8.8.8.8", "eth0"),
        Way("100.64.3.4", "eth0"),
        Way("127.0.0.1", "lo"),
        Way("169.254.7.7", "eth0"),
        Way("10.64.12.9", "wwan0"),
        Way("10.8.0.2", "tun0"),
        Way("10.6.0.2", "wg0"),
        Way("172.17.0.1", "docker0"),
        Way("172.18.0.1", "br-4f1c2a"),
        Way("192.168.122.1", "virbr0"),
        Way("172.25.80.1", "vEthernet (WSL)"),
        Way("10.64.12.9", "Cellular"),
    ],
    ids=str,
)
def test_public_addresses_and_networks_without_phones_are_left_out(way: Way) -> None:
    assert local_ways([way, WIFI], way.address) == [WIFI]


def test_what_this_machine_has_is_local_and_its_own() -> None:
    for way in ways():
        assert not ipaddress.ip_address(way.address).is_global
        assert not ipaddress.ip_address(way.address).is_loopback


def test_a_named_address_is_taken_as_it_is() -> None:
    [way] = ways("127.0.0.1")
    assert way.address == "127.0.0.1"


def test_a_named_address_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(AwaitLink, match=r"does not have the address 203\.0\.113\.9 now"):
        ways("203.0.113.9")
