"""What the source itself must not hold: a shell, SQL made of words, a way out, a secret, a dependency nobody froze."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from convention.kit.safety import HEADERS, HSTS, OF_PAGES

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted((ROOT / "convention").rglob("*.py"))


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Each call of this file, with the name of what is called."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


# -- no shell ------------------------------------------------------------------------------------------------------

SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "pty.spawn"}
UNSAFE = {"eval", "exec", "compile", "__import__", "pickle.loads", "pickle.load", "marshal.loads", "yaml.load"}


def shells(path: Path) -> list[str]:
    found = []
    for call, name in calls(path):
        if name in SHELLS | UNSAFE or name.startswith(("os.spawn", "os.exec")):
            found.append(f"{path.name}:{call.lineno} {name}")
        if any(one.arg == "shell" for one in call.keywords):
            found.append(f"{path.name}:{call.lineno} shell=")
        if name.startswith("subprocess.") and call.args and not isinstance(call.args[0], ast.List):
            found.append(f"{path.name}:{call.lineno} a command that is not a list")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_shell(path: Path) -> None:
    assert shells(path) == []


# -- no SQL made of words ------------------------------------------------------------------------------------------

RAW = re.compile(r"(sa|sqlalchemy)\.text|text|.*\.(exec_driver_sql|execute|executemany|executescript)")
# Names of tables that the models themselves give, and never a word that came from outside.
FROM_MODELS = {"kit/db.py", "kit/migrations.py", "backup.py", "checker.py", "archive.py"}


def sentences(path: Path) -> list[str]:
    found = []
    for call, name in calls(path):
        if not RAW.fullmatch(name) or not call.args:
            continue
        first = call.args[0]
        mixed = isinstance(first, ast.JoinedStr) and any(isinstance(one, ast.FormattedValue) for one in first.values)
        added = isinstance(first, ast.BinOp) and isinstance(first.op, ast.Add | ast.Mod)
        formatted = isinstance(first, ast.Call) and ast.unparse(first.func).endswith(".format")
        if mixed or added or formatted:
            found.append(f"{path.name}:{call.lineno} {ast.unparse(first)[:60]}")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sql_is_made_of_words(path: Path) -> None:
    if str(path.relative_to(ROOT / "convention")) not in FROM_MODELS:
        assert sentences(path) == []


@pytest.mark.parametrize(
    "line",
    [
        "db.execute(f'SELECT {x}')",
        "sa.text('SELECT ' + x)",
        "c.exec_driver_sql('SELECT %s' % x)",
        "text('{}'.format(x))",
    ],
)
def test_sql_made_of_words_is_seen(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.py").write_text(line)
    assert sentences(tmp_path / "a.py")


@pytest.mark.parametrize(
    "line", ["os.system(x)", "subprocess.run(x, shell=True)", "subprocess.run('ls ' + x)", "eval(x)"]
)
def test_a_shell_is_seen(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.py").write_text(line)
    assert shells(tmp_path / "a.py")


# -- no way out ----------------------------------------------------------------------------------------------------

# The addresses of webhooks, that an operator lists: https, public, checked and pinned (tests/webhooks/test_deliver.py).
LISTED = {"kit/calling.py", "webhooks/jobs.py"}
OUT = {"urllib.request", "http.client", "httpx", "httpx2", "requests", "aiohttp", "urllib3", "ftplib", "telnetlib"}


def ways_out(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [f"{node.module}.{one.name}" for one in node.names] if isinstance(node, ast.ImportFrom) else []
        found += [f"{path.name}: {name}" for name in names if name in OUT or name.partition(".")[0] in OUT]
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_server_asks_nothing_of_another_machine(path: Path) -> None:
    """No address that somebody wrote is ever fetched: nothing here could. Mail goes where the settings say."""
    if str(path.relative_to(ROOT / "convention")) not in LISTED:
        assert ways_out(path) == []


def test_a_way_out_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from urllib import request")
    (tmp_path / "b.py").write_text("import httpx2")
    assert ways_out(tmp_path / "a.py")
    assert ways_out(tmp_path / "b.py")


# -- no secret -----------------------------------------------------------------------------------------------------

SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a key of Amazon": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of GitHub": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})"),
    "a token of GitLab": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "a token of Slack": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "a key of Google": re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "a key of Stripe": re.compile(r"\b[rs]k_live_[0-9a-zA-Z]{20,}"),
    "a token of PyPI": re.compile(r"\bpypi-AgEIcHlwaS[0-9A-Za-z_-]{20,}"),
    "a signed token": re.compile(r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}"),
    "a password in an address": re.compile(r"\b(?:postgres(?:ql)?|smtps?|https?)://[^\s:/@{}<>$…]+:[^\s@{}<>$…]{6,}@(?!exemple)"),
    "a secret given a value": re.compile(r"CONVENTION_SECRET\s*[=:]\s*[\"']?[0-9a-zA-Z+/_-]{32,}"),
}  # fmt: skip
# « postgresql://convention:mot-de-passe@… » in a document says where a password goes.
MADE_UP = re.compile(r"mot-de-passe|password|secret@|convention:convention@|motdepasse|XXXX|zz|change")


def followed() -> list[Path]:
    """The files of the repository, or all of them where there is no repository."""
    asked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)  # noqa: S607
    if asked.returncode == 0:
        return [ROOT / name for name in asked.stdout.decode().split("\0") if name]
    hidden = {".venv", ".git", "var", "node_modules"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not hidden & set(path.relative_to(ROOT).parts)]


def secrets_in(content: str) -> list[str]:
    return [what for what, sign in SECRETS.items() for one in sign.finditer(content) if not MADE_UP.search(one[0])]


def test_no_secret_is_in_the_repository() -> None:
    found, read = [], 0
    for path in followed():
        if path.suffix in (".png", ".woff2", ".ico", ".pdf", ".jpg") or not path.is_file() or path == Path(__file__):
            continue
        read += 1
        found += [f"{path.relative_to(ROOT)}: {what}" for what in secrets_in(path.read_text(errors="replace"))]
    assert read > 300
    assert not found


@pytest.mark.parametrize(
    "content",
    [
        "-----BEGIN OPENSSH PRIVATE " + "KEY-----", "AKIA" + "A" * 16, "ghp_" + "a1" * 18, "glpat-" + "a" * 20,
        "CONVENTION_SECRET=" + "a1" * 20, "postgresql://ville:" + "Tr0ub4dor@base.ville.fr/convention",
    ],
)  # fmt: skip
def test_a_secret_is_seen(content: str) -> None:
    assert secrets_in(content)


# -- what others wrote ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_every_dependency_is_pinned_with_its_hash(lock: str) -> None:
    """`pip install --require-hashes` (run.py) takes these files, octet for octet, or nothing."""
    content = "\n".join(line for line in (ROOT / lock).read_text().splitlines() if not line.lstrip().startswith("#"))
    wanted = [one.strip() for one in re.split(r"\n(?=\S)", content.replace("\\\n", " ")) if one.strip()]
    assert len(wanted) > 20
    for one in wanted:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==[^\s;]+", one), one[:80]
        assert "--hash=sha256:" in one, one[:80]
    assert "--require-hashes" in (ROOT / "run.py").read_text()


def test_what_the_program_uses_is_in_the_tests_lock_too() -> None:
    used, tested = (
        dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-test.lock")
    )
    assert {name: tested.get(name) for name in used} == used


# -- headers, graded -----------------------------------------------------------------------------------------------


def grade(headers: dict[str, str]) -> int:
    """Out of a hundred, as the public observatories count: what is missing is taken away."""
    policy = {
        one.split()[0]: one.split()[1:] for one in headers.get("content-security-policy", "").split(";") if one.split()
    }
    scripts = policy.get("script-src", policy.get("default-src", ["*"]))
    styles = policy.get("style-src", policy.get("default-src", ["*"]))
    age = int((re.search(r"max-age=(\d+)", headers.get("strict-transport-security", "")) or ["", "0"])[1])
    faults = {
        "no policy": (not policy, 25),
        "scripts from anywhere": (
            bool({"*", "https:", "data:", "'unsafe-inline'", "'unsafe-eval'"} & set(scripts)),
            20,
        ),
        "styles from anywhere": (bool({"*", "https:", "'unsafe-inline'"} & set(styles)), 5),
        "what is not said is allowed": (policy.get("default-src") != ["'none'"], 5),
        "its base may be moved": (policy.get("base-uri") != ["'none'"], 5),
        "its forms may go elsewhere": (policy.get("form-action") != ["'self'"], 5),
        "it may be framed": (policy.get("frame-ancestors") != ["'none'"], 10),
        "types are guessed": (headers.get("x-content-type-options") != "nosniff", 10),
        "addresses leak": (headers.get("referrer-policy") not in ("same-origin", "no-referrer"), 5),
        "windows are shared": (headers.get("cross-origin-opener-policy") != "same-origin", 5),
        "its files are read elsewhere": (headers.get("cross-origin-resource-policy") != "same-origin", 5),
        "devices are open": (
            bool(
                {"camera=()", "display-capture=()", "geolocation=()", "microphone=()", "usb=()"}
                - set(headers.get("permissions-policy", "").split(", "))
            ),
            5,
        ),
        "other domains' programs are let in": (headers.get("x-permitted-cross-domain-policies") != "none", 5),
        "shared caches keep it": (not headers.get("cache-control", "").startswith(("private", "no-store")), 5),
        "plain HTTP": (age < 15_552_000, 20),
    }
    return 100 - sum(weight for wrong, weight in faults.values() if wrong)


def test_the_headers_have_the_best_grade() -> None:
    headers = {**HEADERS, **OF_PAGES, "strict-transport-security": HSTS}
    assert grade(headers) == 100
    for name in headers:
        if name != "x-frame-options":  # said by the policy too; kept for old browsers
            assert grade({key: value for key, value in headers.items() if key != name}) < 100, name


def test_served_headers_are_those(world) -> None:
    served = dict(world.browser().client.get("/").headers)
    assert grade({**served, "strict-transport-security": HSTS}) == 100
