"""How long each file of a very long report takes, and how much memory: `python -m bench.report`.

150 recommendations, 1,500 votes, 300 versions. Each format is drawn in its own process, so that its peak is its own.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

from convention.recommendations.files import FORMATS
from tests.recommendations.files import editions

STATIC = Path(__file__).parent.parent / "static"
GOALS = {"pdf": (10.0, 300)}
OTHERS = (5.0, 300)


def one(suffix: str) -> None:
    edition = editions.large()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    start = time.perf_counter()
    content = FORMATS[suffix].write(edition, STATIC)
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    # Long PDFs are set in a process of their own, which gives its memory back when it ends.
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    seconds, megabytes = GOALS.get(suffix, OTHERS)
    kept = "yes" if took < seconds and max(peak, child) < megabytes else "no"
    print(
        f"{suffix:<14}{took:>8.2f} s{peak:>8} MB{child:>8} MB{before:>8} MB{len(content) / 1e6:>9.2f} MB   {kept}",
        flush=True,
    )


def main() -> None:
    print(f"{'format':<14}{'time':>10}{'peak':>11}{'child':>11}{'before':>11}{'size':>12}   goal")
    for suffix in FORMATS:
        subprocess.run([sys.executable, "-m", "bench.report", suffix], check=True)


if __name__ == "__main__":
    one(sys.argv[1]) if len(sys.argv) > 1 else main()
