"""How long each file of a very long report takes, and how much memory: `python -m bench.report`.

150 recommendations, 1,500 votes, 300 versions. Each file is drawn as the worker has it drawn when an edition is
published: asked of the shelf, one after the other, made in a process of its own; « zip » finds the nine others there
and packs them. « all » is what the worker takes for the ten, and what the zip alone would take on an empty shelf.
« peak » is the process that draws, or the greatest of those it starts; « CPU » is theirs, and depends less than
« time » on what else the machine does; « asker » is what asking adds to the memory of the one who asks.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from convention.recommendations import shelf
from convention.recommendations.files import FORMATS
from convention.recommendations.snapshot import canonical, fingerprint
from tests.recommendations.files import editions

GOALS = {"pdf": (10.0, 300), "gros.pdf": (10.0, 300)}  # the same, in large print
OTHERS = (5.0, 300)


def one(suffix: str, folder: Path) -> None:
    edition = editions.large()
    content, sha256 = canonical(edition).decode(), fingerprint(edition)
    before = _peak(resource.RUSAGE_SELF)
    start = time.perf_counter()
    drawn = shelf.draw(folder, sha256, content, FORMATS[suffix])
    took = time.perf_counter() - start
    octets = drawn.stat().st_size
    asker, peak = _peak(resource.RUSAGE_SELF) - before, _peak(resource.RUSAGE_CHILDREN)
    seconds, megabytes = GOALS.get(suffix, OTHERS)
    kept = "yes" if took < seconds and peak < megabytes else "no"
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    weights = f"{peak:>8} MB{asker:>8} MB{octets / 1e6:>9.2f} MB"
    print(f"{suffix:<14}{took:>8.2f} s{cpu:>8.2f} s{weights}   {kept}", flush=True)


def _peak(whose: int) -> int:
    return resource.getrusage(whose).ru_maxrss // 1024


def main() -> None:
    print(f"{'format':<14}{'time':>10}{'CPU':>10}{'peak':>11}{'asker':>11}{'size':>12}   goal")
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        for suffix in FORMATS:
            subprocess.run([sys.executable, "-m", "bench.report", suffix, folder], check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    print(f"{'all':<14}{time.perf_counter() - start:>8.2f} s{cpu:>8.2f} s")


if __name__ == "__main__":
    one(sys.argv[1], Path(sys.argv[2])) if len(sys.argv) > 1 else main()
