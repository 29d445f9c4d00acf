"""A photo over a thin, long and lossy link, against its bytes divided by the link's rate.

The device knows nothing of the link when it begins. `python -m benchmarks.thin_photo FOLDER RUNS` runs inside a network
namespace and prints the seconds of each run.
"""

import asyncio
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

from benchmarks.city import enrol, found_city, noise_photo, report_orders
from benchmarks.comparison import Bench, Comparison
from benchmarks.thin_link import FAR, IN_A_NAMESPACE, ThinLink, why_not
from crew.api_client import CrewApi
from crew.domain.work_order import PhotoHash
from crew.sync.link_rate import LinkRate
from crew.sync.photo_sending import PhotoSending
from tests.running import served

_KILOBITS, _LOSS, _WAY_SECONDS, _QUEUE_SECONDS = 256, 0.03, 0.15, 0.6
_BYTES_PER_SECOND = _KILOBITS * 1000 / 8
_FEWER_RUNS = 3
_CONGESTION_CONTROL = Path("/proc/sys/net/ipv4/tcp_congestion_control")


def compare_thin_photo(bench: Bench) -> Iterator[Comparison]:
    """Send one photo after the other, each over a connection of its own."""
    if reason := why_not():
        bench.remark(f"The photo over a thin link is left out: {reason}.")
        return
    runs = max(1, bench.runs // _FEWER_RUNS)
    bench.say(f"a photo over a thin link, {runs} times ten seconds")
    done = subprocess.run(
        [*IN_A_NAMESPACE, sys.executable, "-m", "benchmarks.thin_photo", str(bench.folder), str(runs)],
        check=True,
        stdout=subprocess.PIPE,
    )
    measured = [seconds for seconds, _ in json.loads(done.stdout)]
    least = [length / _BYTES_PER_SECOND for _, length in json.loads(done.stdout)]
    link = f"{_KILOBITS} kbit/s, {_LOSS:.0%} loss, {2 * _WAY_SECONDS * 1000:.0f} ms"
    how = _CONGESTION_CONTROL.read_text(encoding="ascii").strip()
    yield Comparison(
        f"a photo of 250 KB over {link} ({how})", "its bytes divided by the rate", 1.25, "s", measured, least
    )


def _main(folder: Path, runs: int) -> None:
    city = found_city(folder / "city")
    report_orders(city, 1)
    token = enrol(city, "truck").token
    city.database.close()
    link = ThinLink(_BYTES_PER_SECOND, _WAY_SECONDS, _LOSS, _QUEUE_SECONDS, Random(311))
    with link.laid(), ExitStack() as running:
        with link.far_side():
            url = running.enter_context(served(folder / "city", folder, more=("--host", FAR)))
        print(json.dumps([asyncio.run(_send(url, token, noise_photo(f"photo {run}"))) for run in range(runs)]))


async def _send(url: str, token: str, photo: bytes) -> tuple[float, int]:
    """Seconds from opening the connection until the backend has checked the photo, and the photo's bytes."""

    async def nothing_small() -> None:
        return None

    started = time.perf_counter()
    async with CrewApi(url, token) as api:
        sending = PhotoSending(api, LinkRate(), nothing_small)
        await sending.send(PhotoHash(hashlib.sha256(photo).hexdigest()), photo)
    return time.perf_counter() - started, len(photo)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]))
