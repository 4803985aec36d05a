#!/usr/bin/env python3
"""Two commands on a fresh machine, `demo` and `test`; both make `.venv` from the lock file first."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

USAGE = """Deux commandes, et rien d’autre à installer que Python 3.11 ou plus récent :

    python3 run.py demo     la convention de démonstration, sur http://127.0.0.1:8000 (PORT=… pour un autre port)
    python3 run.py test     tous les tests, sur les deux bases, avec lint, types, contrats et gabarits

Ce qui suit `demo` va à `convention demo` ; ce qui suit `test` va à pytest."""

HERE = Path(__file__).parent.absolute()
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")


def stop(sentence):
    sys.exit(sentence)


def run(*command, what):
    if subprocess.run([str(part) for part in command], cwd=HERE, check=False).returncode:
        stop(what)


def install(lock):
    """Make `.venv` hold what the lock file says; do nothing if it already does."""
    # The tests' lock holds all of the other: what it installed serves the demo too.
    if any(stamp(one).exists() and stamp(one).read_text() == wanted(one) for one in {lock, "requirements-test.lock"}):
        return
    if not (BIN / "python").exists() and not (BIN / "python.exe").exists():
        print("Préparation de .venv (une minute, la première fois)…", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
        if made.returncode:
            stop(
                "Python ne sait pas créer d’environnement ici. Sur Debian et Ubuntu : apt install python3-venv\n"
                + (made.stderr or made.stdout).strip()
            )
    pip = (BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
    run(*pip, "--require-hashes", "-r", lock, what=f"L’installation de {lock} a échoué : voir au-dessus.")
    run(
        *pip, "--no-deps", "--no-build-isolation", "-e", ".", what="L’installation du projet a échoué : voir au-dessus."
    )
    stamp(lock).write_text(wanted(lock))


def stamp(lock):
    return VENV / f"installed-{lock}"


def wanted(lock):
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in (lock, "pyproject.toml"))).hexdigest()


def demo(arguments):
    port = os.environ.get("PORT", "8000")
    if not port.isdigit() or not 0 < int(port) < 65536:
        stop(f"PORT={port} n’est pas un port : écrivez un nombre de 1 à 65535.")
    install("requirements.lock")
    os.execv(BIN / "convention", [str(BIN / "convention"), "demo", "--port", port, *arguments])


def test(arguments):
    install("requirements-test.lock")
    # Several at a time, a file never cut in two: its fixtures are made once. `-n0` runs them one by one.
    # In their order: by the number of its tests, the long walks of the browser would be last, and one process alone.
    # One more than there are processors: each of them waits, for a database, a browser or a file that is drawn.
    processes = str(min(4, (os.cpu_count() or 1) + 1))
    together = ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
    os.execv(BIN / "python", [str(BIN / "python"), "-m", "pytest", *together, *arguments])


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        stop(f"Il faut Python 3.11 ou plus récent ; celui-ci est {sys.version.split()[0]}.")
    commands = {"demo": demo, "test": test}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        stop(USAGE)
    commands[sys.argv[1]](sys.argv[2:])
