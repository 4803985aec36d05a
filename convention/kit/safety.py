"""What every answer carries, and what no request may do: response headers, requests sent by other sites."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # What says nothing of copies is kept by no shared cache, and asked again: it may have been withdrawn meanwhile.
    "cache-control": "private, no-cache",
}
# What says something of a page alone: a first view of six answers has no room for it in each.
OF_PAGES = {
    "permissions-policy": ", ".join(
        f"{device}=()"
        for device in (
            "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope",
            "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
        )
    ),
    "x-permitted-cross-domain-policies": "none",
}  # fmt: skip
# A file to keep, opened in a page all the same: it runs, fetches and sends nothing, and has no origin.
KEPT = "default-src 'none'; sandbox; frame-ancestors 'none'"
HSTS = "max-age=31536000"


def network(request: HTTPConnection) -> str:
    """Where a request comes from, for limits: an IPv4 address, or the /64 that one IPv6 subscriber is given whole."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False))


class SafeHeaders:
    """Adds the headers to every answer, files and errors included. A page may only be stricter."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-disposition", "").startswith("attachment"):
                    headers["content-security-policy"] = KEPT
                page = headers.get("content-type", "").startswith("text/html")
                for name, value in (*HEADERS.items(), *(OF_PAGES.items() if page else ())):
                    headers.setdefault(name, value)
                if self.secure:
                    headers.setdefault("strict-transport-security", HSTS)
            await send(message)

        await self.app(scope, receive, sending)


class Weighed:
    """Stops a body on its way once it weighs too much, whatever it said of its weight, with our own page."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        weight = 0

        async def receiving() -> Message:
            nonlocal weight
            message = await receive()
            weight += len(message.get("body", b""))
            if weight > self.most:
                raise HTTPException(413)
            return message

        await self.app(scope, receiving, send)


def from_elsewhere(headers: Mapping[str, str]) -> bool:
    """Whether a write was sent by a page of another site.

    Browsers say it themselves (Fetch Metadata); the older ones send `Origin`. What sends neither is not a browser and
    carries nobody's cookie. The method is that of Go's `http.CrossOriginProtection` (F. Valsorda, 2025).
    """
    if site := headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    if not origin:
        return False
    return urlsplit(origin).netloc != headers.get("host", "")
