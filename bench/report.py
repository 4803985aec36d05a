"""How long each file of a very long report takes, and how much memory: `python -m bench.report`.

150 recommendations, 1,500 votes, 300 versions. Each file is drawn as the server has it drawn: asked of the shelf, made
in a process of its own. « peak » is that process, or the greatest of those it starts; « CPU » is theirs, and depends
less than « time » on what else the machine does; « asker » is what asking adds to the memory of the one who asks.
« zip » draws the nine others first: its time is theirs, its peak is that of the greatest.
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

GOALS = {"pdf": (10.0, 300)}
OTHERS = (5.0, 300)


def one(suffix: str) -> None:
    edition = editions.large()
    content, sha256 = canonical(edition).decode(), fingerprint(edition)
    with tempfile.TemporaryDirectory() as folder:
        before = _peak(resource.RUSAGE_SELF)
        start = time.perf_counter()
        drawn = shelf.draw(Path(folder), sha256, content, FORMATS[suffix])
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
    for suffix in FORMATS:
        subprocess.run([sys.executable, "-m", "bench.report", suffix], check=True)


if __name__ == "__main__":
    one(sys.argv[1]) if len(sys.argv) > 1 else main()
