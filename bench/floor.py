"""The floor: what Starlette and uvicorn cost before the application says a word. `python -m bench.floor PORT`."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def constant(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n")


if __name__ == "__main__":
    uvicorn.run(
        Starlette(routes=[Route("/", constant)]),
        port=int(sys.argv[1]),
        server_header=False,
        access_log=False,
        log_config=None,
    )
