"""Keeps one address from taking everybody's share of the public interface. Backend layer; in memory only."""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crew.domain.clock import Clock

_MOST_ADDRESSES: Final = 10_000
_NETWORK_BITS: Final = 64  # one household or phone holds a whole IPv6 network of this size


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


class AddressLimits:
    """A bucket of calls for each address, which fills again with time."""

    def __init__(self, clock: Clock, burst: int, per_second: float) -> None:
        """Allow `burst` calls at once and `per_second` in the long run.

        Args:
            clock: Tells the current time.
            burst: Calls that a full bucket holds.
            per_second: Calls that flow in each second.
        """
        self._clock = clock
        self._burst = float(burst)
        self._per_second = per_second
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def seconds_to_wait(self, address: str) -> float:
        """Take one call from the address's bucket: zero where there was one, else the time until there is."""
        now = self._clock()
        name = _network(address)
        bucket = self._buckets.setdefault(name, _Bucket(self._burst, now))
        self._buckets.move_to_end(name)
        if len(self._buckets) > _MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        elapsed_seconds = max(0.0, (now - bucket.at).total_seconds())
        bucket.left = min(self._burst, bucket.left + elapsed_seconds * self._per_second)
        bucket.at = now
        if bucket.left < 1:
            return (1 - bucket.left) / self._per_second
        bucket.left -= 1
        return 0.0


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.IPv6Network((int(parsed), _NETWORK_BITS), strict=False))
    return address
