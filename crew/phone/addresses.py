"""On which addresses a phone beside this machine could reach it. The worker's phone; asks the system, sends nothing.

Never a public address by itself: the page has no encryption, and only who is near may reach it. Networks that no phone
is on (cellular, VPN, containers) are left out. A person may name any address of this machine in the settings.
"""

import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, ip_network
from typing import Final

from crew.domain.errors import AwaitLink
from crew.domain.plain_text import clean_line
from crew.domain.value import Value

_NOBODY_NEAR: Final = (
    *("docker", "br-", "veth", "virbr", "vnet", "vmnet", "vboxnet", "lxc", "lxd", "podman", "cni", "vethernet"),
    *("tun", "tap", "wg", "tailscale", "zt", "utun", "ppp", "wwan", "rmnet", "cellular", "mobile", "ipsec"),
)
"""Beginnings of the names of networks on which no phone is: containers, VPNs, and the cellular modem, whose address
looks private and belongs to the carrier's network."""

_WIRELESS: Final = ("wl", "wi-fi", "wifi", "ap", "local area connection*")
"""Beginnings of the names of Wi-Fi networks, this machine's own hotspot included: there the phone is most likely."""

_LOCAL: Final = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "192.0.2.0/24")))
"""Private networks, and the one for documentation."""

_ANYWHERE: Final = "203.0.113.1"
"""An address for documentation: the system says how it would reach it, and nothing is sent."""

_NAME_LIMIT: Final = 30


class Way(Value):
    """One network on which a phone could reach this machine.

    Attributes:
        address: This machine's IPv4 address there.
        network: What the system calls the network.
    """

    address: str
    network: str


def ways(named: str = "") -> Sequence[Way]:
    """The ways from a phone to this machine, the likeliest first; empty where it is on no network.

    Args:
        named: The one address to use, from the settings; empty for those that are found.

    Raises:
        AwaitLink: This machine does not have the named address now.
    """
    import ifaddr

    found = [
        Way(ip.ip, clean_line(adapter.nice_name, _NAME_LIMIT))
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if isinstance(ip.ip, str)
    ]
    if named:
        return _only(named, found)
    return local_ways(found, _address_to_the_world())


def local_ways(found: Iterable[Way], to_the_world: str | None) -> Sequence[Way]:
    """Those of the addresses found that may be used unasked, the likeliest first.

    Args:
        found: Every IPv4 address of this machine.
        to_the_world: The address from which this machine reaches the internet; the phone is more likely there than on
            a network that leads nowhere.
    """
    near = [way for way in found if _is_local(way)]
    return sorted(near, key=lambda way: (not _is_wireless(way), way.address != to_the_world, way.network))


def _is_local(way: Way) -> bool:
    address = IPv4Address(way.address)
    return any(address in network for network in _LOCAL) and not way.network.lower().startswith(_NOBODY_NEAR)


def _is_wireless(way: Way) -> bool:
    return way.network.lower().startswith(_WIRELESS)


def _only(named: str, found: Iterable[Way]) -> Sequence[Way]:
    chosen = [way for way in found if way.address == named]
    if not chosen:
        raise AwaitLink(
            f"This laptop does not have the address {clean_line(named, _NAME_LIMIT)} now, which the settings name for "
            "phones. Join that network, or take phone_address out of your settings."
        )
    return chosen


def _address_to_the_world() -> str | None:
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((_ANYWHERE, 9))
        return str(probe.getsockname()[0])
    return None  # no way to the internet: a hotspot without it is as good
