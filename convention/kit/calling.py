"""Calling another site without being led elsewhere: the address is resolved once, judged, and that one is connected to.

No redirect is followed, nothing of the answer is kept but its status; the name is resolved within `SECONDS`, and the
whole call ends within as many.
"""

import contextlib
import http.client
import ipaddress
import queue
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

SECONDS = 5.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# What the library calls global and that belongs to a site, to a protocol or to examples (registries of the IANA).
_KEPT = tuple(map(ipaddress.ip_network, ("fec0::/10", "3fff::/20", "5f00::/16", "192.0.0.0/24", "192.88.99.0/24")))


class Forbidden(Exception):
    """This address may not be called: `reason` is one word for the list of deliveries."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Limits(NamedTuple):
    """What the operator allows."""

    hosts: frozenset[str]
    plain: bool = False  # http as well: in the demonstration
    loopback: bool = False  # this machine as well: in tests


def why_not(address: str, limits: Limits) -> str | None:
    """One word, or None: `scheme`, `shape` or `host`. Resolves nothing."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "shape"
    if parts.scheme != "https" and not (parts.scheme == "http" and limits.plain):
        return "scheme"
    # A user, a fragment, a blank or a backslash: readers of addresses do not agree on what these mean.
    if parts.username is not None or parts.password is not None or parts.fragment or not parts.hostname or port == 0:
        return "shape"
    if any(sign <= " " or sign in '\\"<>^`{|}\x7f' or not sign.isascii() for sign in address):
        return "shape"
    return None if parts.hostname.lower().rstrip(".") in limits.hosts else "host"


def is_public(address: str, *, loopback: bool = False) -> bool:
    """Whether an IP address is on the public Internet, whatever it is wrapped in."""
    found: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inside is None and found in _NAT64:
            inside = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        found = inside or found
    if loopback and found.is_loopback:
        return True
    if any(found in network for network in _KEPT):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def post(address: str, body: bytes, headers: Mapping[str, str], limits: Limits) -> int:
    """Send, and answer the status. Raises `Forbidden`, or OSError and http.client.HTTPException when nobody answers."""
    if reason := why_not(address, limits):
        raise Forbidden(reason)
    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    known = _resolved(host, port)
    # One private address among public ones is a trap or a mistake: in both cases nothing is sent.
    if not known or not all(is_public(one, loopback=limits.loopback) for one in known):
        raise Forbidden("private")
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    status = 0
    with contextlib.closing(connection), _until(connection):
        # The checked address itself: a second look at the name could be given another one.
        plain = socket.create_connection((known[0], port), timeout=SECONDS)
        connection.sock = plain
        if secure:
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        named = host if port == (443 if secure else 80) else f"{host}:{port}"
        connection.request("POST", target, body, {"Host": named, "Connection": "close", **headers})
        status = connection.getresponse().status
    return status  # noqa: RET504 - not from inside: leaving the block may say that it was too late


def _resolved(host: str, port: int) -> list[str]:
    """The addresses of a name. The system's resolver has no limit of its own: it is left behind when it is late."""
    said: queue.Queue[list[str] | OSError | UnicodeError] = queue.Queue(1)

    def ask() -> None:
        try:
            said.put([str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
        except (OSError, UnicodeError) as unknown:
            said.put(unknown)

    threading.Thread(target=ask, daemon=True).start()
    try:
        known = said.get(timeout=SECONDS)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(known, list):
        return known
    raise known


@contextlib.contextmanager
def _until(connection: http.client.HTTPConnection) -> Iterator[None]:
    """A site that answers one octet at a time does not hold the worker: the line is cut."""

    late = threading.Event()

    def cut() -> None:
        late.set()
        if connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException):
        if not late.is_set():
            raise
    finally:
        timer.cancel()
    if late.is_set():
        raise TimeoutError
