"""The whole application on a port of its own, over a real database: what a browser visits."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from convention import app, worker
from convention.kit.db import Database
from convention.settings import Settings
from tests.waiting import ended, until


class Site:
    """A running convention. `address` is where it answers."""

    def __init__(self, folder: Path, database: Database, address: str, *, demo: bool) -> None:
        self.address = address
        self.database = database
        self.settings = Settings(folder=folder, secret="s" * 32, base_url=address, demo=demo, second_factor=False)

    def work(self) -> None:
        """Do what is due in the background."""
        worker.once(self.database, self.settings)

    def url(self, path: str) -> str:
        return self.address + path


@contextlib.contextmanager
def served(folder: Path, fill: Callable[[Site], Starlette | None], *, demo: bool = False) -> Iterator[Site]:
    """Serve the database that stands in `folder`, once `fill` has put in it what the story begins with."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        database = Database(f"sqlite:///{folder / 'convention.sqlite3'}", app.REACTIONS)
        site = Site(folder, database, f"http://127.0.0.1:{door.getsockname()[1]}", demo=demo)
        application = fill(site) or app.create_app(site.settings, database)
        server = uvicorn.Server(
            uvicorn.Config(application, log_config=None, access_log=False, server_header=False, ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            until(lambda: server.started or not thread.is_alive(), "the server to start")
            assert server.started, "the server did not start"
            yield site
        finally:
            server.should_exit = True
            ended(thread)
            database.dispose()
