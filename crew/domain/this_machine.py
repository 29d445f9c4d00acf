"""Whether an address means this very machine, where nobody on the way reads plain http. Domain layer; asks nobody."""

from ipaddress import ip_address


def is_this_machine(host: str) -> bool:
    """Whether a host is a loopback address, or its usual name."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
