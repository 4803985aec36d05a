"""Another site, for true: an HTTP server on this machine that keeps what it hears."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from convention.settings import Settings


class Neighbour:
    """What it heard, and what it answers."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        self.drips = threading.Event()
        neighbour = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                neighbour.heard.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                if neighbour.drips.is_set():
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                    while neighbour.drips.is_set():
                        try:
                            self.wfile.write(b"x: y\r\n")
                        except OSError:
                            return
                        neighbour.pause.wait(0.05)
                    return
                self.send_response(neighbour.status)
                for name, value in neighbour.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                pass

        self.pause = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}/crochet?de=convention"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.drips.clear()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    neighbour = Neighbour()
    yield neighbour
    neighbour.close()


@pytest.fixture
def settings(tmp_path) -> Settings:
    """As in the demonstration, where http is allowed; this machine may be called."""
    return Settings(
        folder=tmp_path / "var",
        secret="s" * 32,
        base_url="http://127.0.0.1:8000",
        demo=True,
        webhook_hosts="127.0.0.1, ouverte.exemple.fr",
        webhook_loopback=True,
    )
