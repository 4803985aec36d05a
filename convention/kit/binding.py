"""Several tagged PDFs of Typst bound into one: pages, structure, bookmarks and links as if they had been set together.

Typst holds a whole document in memory until it is written; a long one is set in parts instead. Each part leads with
pages that are not kept: those that its headings need above them. The first one ends with such pages, one for each
heading of the others: its table of contents and its bookmarks point at them, and here they are made to point at the
headings themselves. Only what Typst writes is read: objects in plain sight, an object a line.
"""

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence

_STARTS = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_PARENTS = re.compile(rb"(/StructParents? )(\d+)")
_IN_TREE = re.compile(rb"(\d+) (\d+) 0 R")
_NAMED = re.compile(rb"\((U\d+x\d+y\d+)\)(\d+) 0 R")
_TABLE_CELL = re.compile(rb"\(U\d+x\d+y\d+\)")
_SIMPLE_WORDS = re.compile(rb"(\((?:\\.|[^()\\])*\))", re.DOTALL)
_BRACKET = re.compile(rb"\\.|[()]", re.DOTALL)


class Unbound(Exception):
    """A part is not written as those that can be bound."""


@dataclasses.dataclass
class _Part:
    """The objects of a PDF by their number, and what is looked up in them."""

    objects: dict[int, bytes]
    root: int
    trailer: bytes

    @classmethod
    def read(cls, written: bytes) -> "_Part":
        starts = _STARTS.search(written)
        if starts is None:
            raise Unbound("no end")
        table = int(starts[1])
        lines = written[table : starts.start()].split(b"\n")
        places = [int(line[:10]) for line in lines[2:] if line.rstrip().endswith(b"n")]
        numbered = [number for number, line in enumerate(lines[2:]) if line.rstrip().endswith(b"n")]
        ends = dict(zip(sorted(places), [*sorted(places)[1:], table], strict=True))
        objects = {}
        for number, place in zip(numbered, places, strict=True):
            whole = written[place : ends[place]].strip()
            head = b"%d 0 obj" % number
            if not whole.startswith(head) or not whole.endswith(b"endobj"):
                raise Unbound(f"object {number}")
            objects[number] = whole[len(head) : -len(b"endobj")].strip()
        trailer = written[written.rindex(b"trailer") : starts.start()]
        root = re.search(rb"/Root (\d+) 0 R", trailer)
        if root is None:
            raise Unbound("no root")
        return cls(objects, int(root[1]), trailer)

    def one(self, of: int, name: bytes) -> int:
        """The object that this one points at under a name."""
        found = re.search(rb"/%b (\d+) 0 R" % name, self.objects[of])
        if found is None:
            raise Unbound(f"no {name.decode()} in {of}")
        return int(found[1])

    @property
    def pages_root(self) -> int:
        return self.one(self.root, b"Pages")

    @property
    def tree(self) -> int:
        return self.one(self.root, b"StructTreeRoot")

    @property
    def document(self) -> int:
        found = re.search(rb"/K\[(\d+) 0 R\]", self.objects[self.tree])
        if found is None:
            raise Unbound("no document")
        return int(found[1])

    def pages(self) -> list[int]:
        return self._many(self.pages_root, rb"/Kids\[([^\]]*)\]")

    def elements(self) -> list[int]:
        return self._many(self.document, rb"/K\[([^\]]*)\]")

    def _many(self, of: int, pattern: bytes) -> list[int]:
        found = re.search(pattern, self.objects[of])
        return [int(number) for number in _REFERENCE.findall(found[1])] if found else []

    def parents(self) -> list[tuple[int, int]]:
        found = re.search(rb"/ParentTree<</Nums\[([^\]]*)\]", self.objects[self.tree])
        return [(int(key), int(value)) for key, value in _IN_TREE.findall(found[1])] if found else []

    def names(self) -> list[tuple[bytes, int]]:
        start = self.objects[self.tree].find(b"/IDTree")
        return (
            [(name, int(value)) for name, value in _NAMED.findall(self.objects[self.tree][start:])] if start > 0 else []
        )

    def first_page(self, element: int) -> int | None:
        """The first page on which an element of the structure shows something."""
        waiting = [element]
        while waiting:
            content = self.objects[waiting.pop()]
            if b"/Type/StructElem" not in content:
                continue
            if page := re.search(rb"/Pg (\d+) 0 R", _without_words(content)):
                return int(page[1])
            kids = re.search(rb"/K\[(.*?)\]", _without_words(content))
            waiting.extend(int(one) for one in reversed(_REFERENCE.findall(kids[1]) if kids else []))
        return None

    def destinations(self) -> list[int]:
        """The places that bookmarks point at, in reading order."""
        found: list[int] = []

        def follow(entry: int) -> None:
            while True:
                content = _without_words(self.objects[entry])
                if where := re.search(rb"/Dest (\d+) 0 R", content):
                    found.append(int(where[1]))
                if first := re.search(rb"/First (\d+) 0 R", content):
                    follow(int(first[1]))
                following = re.search(rb"/Next (\d+) 0 R", content)
                if following is None:
                    return
                entry = int(following[1])

        outlines = re.search(rb"/Outlines (\d+) 0 R", self.objects[self.root])
        first = re.search(rb"/First (\d+) 0 R", self.objects[int(outlines[1])]) if outlines else None
        if first:
            follow(int(first[1]))
        return found


def landings(written: bytes) -> tuple[int, list[int]]:
    """How many pages a part has, and on which of them, from 0, each of its bookmarks lands."""
    part = _Part.read(written)
    rank = {page: place for place, page in enumerate(part.pages())}
    found = [re.match(rb"\[(\d+) 0 R/XYZ", part.objects[one]) for one in part.destinations()]
    return len(rank), [rank[int(one[1])] for one in found if one]


def bind(parts: Sequence[bytes], headings: int) -> bytes:
    """The parts as one PDF.

    The first loses its last pages, one for each of the headings of the others; the others lose their first page.
    """
    read = [_Part.read(written) for written in parts]
    front = read[0]
    offsets, after = [], 0
    for part in read:
        offsets.append(after)
        after += max(part.objects)
    joined: dict[int, list[bytes | int]] = {}
    pages: list[int] = []
    elements: list[int] = []
    parents: list[tuple[int, int]] = []
    names: list[tuple[bytes, int]] = []
    key = 0
    for rank, part in enumerate(read):
        lost, kept = (
            (part.pages()[-headings:], part.pages()[:-headings]) if rank == 0 else (part.pages()[:1], part.pages()[1:])
        )
        shared = {part.pages_root: front.pages_root, part.tree: front.tree, part.document: front.document}
        move = _moves(offsets[rank], shared)
        for number, content in part.objects.items():
            if number not in shared:
                joined[move(number)] = _moved(content, move, key, b"%d." % rank if rank else b"")
        pages += map(move, kept)
        elements += [move(one) for one in part.elements() if part.first_page(one) not in lost]
        gone = {int(found[2]) for page in lost if (found := _PARENTS.search(part.objects[page]))}
        parents += [(key + of, move(value)) for of, value in part.parents() if of not in gone]
        names += [
            (_renamed(b"(" + name + b")", b"%d." % rank if rank else b""), move(value)) for name, value in part.names()
        ]
        key += max((of for of, _value in part.parents()), default=-1) + 1
    ends = iter(
        joined[offset + place]
        for part, offset in zip(read[1:], offsets[1:], strict=True)
        for place in part.destinations()
    )
    for places, end in zip(_pointing_at(front, front.pages()[-headings:]), ends, strict=True):
        joined.update(dict.fromkeys(places, end))
    made: dict[int, bytes] = {}
    made[front.pages_root] = b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(pages), _list(pages))
    made[front.document] = re.sub(
        rb"/K\[[^\]]*\]", lambda _old: b"/K[%b]" % _list(elements), front.objects[front.document], count=1
    )
    roles = re.search(rb"/RoleMap<<.*?>>", front.objects[front.tree])
    made[front.tree] = b"<</Type/StructTreeRoot%b/K[%d 0 R]/ParentTree<</Nums[%b]>>%b/ParentTreeNextKey %d>>" % (
        roles[0] if roles else b"",
        front.document,
        b" ".join(b"%d %d 0 R" % pair for pair in sorted(parents)),
        _ids(sorted(names)),
        key,
    )
    metadata = front.one(front.root, b"Metadata")
    made[metadata] = _counted(front.objects[metadata], len(pages))
    joined.update((number, _moved(content, _stay)) for number, content in made.items())
    return _written(joined, front)


def _stay(number: int) -> int:
    return number


def _moves(offset: int, shared: dict[int, int]) -> Callable[[int], int]:
    return lambda number: shared.get(number, number + offset)


def _pointing_at(part: _Part, pages: Sequence[int]) -> list[list[int]]:
    """The destinations on these pages, a page after the other."""
    on: dict[int, list[int]] = {page: [] for page in pages}
    for number, content in part.objects.items():
        found = re.match(rb"\[(\d+) 0 R/XYZ", content)
        if found and int(found[1]) in on:
            on[int(found[1])].append(number)
    return [on[page] for page in pages]


def _moved(content: bytes, move: Callable[[int], int], key: int = 0, prefix: bytes = b"") -> list[bytes | int]:
    """An object among the others, read once: what it says, and between two sayings the number of what it points at."""
    head, stream, body = content.partition(b"\nstream\n")
    told: list[bytes | int] = []
    saying: list[bytes] = []
    before, rank = b"", 0
    for piece, is_words in _pieces(head):
        if is_words:
            named = before.endswith((b"/ID", b"/Headers[")) or (not before.strip() and rank > 1)
            saying.append(_renamed(piece, prefix) if named else piece)
        else:
            if key and b"/StructParent" in piece:
                piece = _PARENTS.sub(lambda found: b"%b%d" % (found[1], int(found[2]) + key), piece)
            first, *others = _REFERENCE.split(piece)
            saying.append(first)
            for number, after in zip(others[::2], others[1::2], strict=True):
                told += (b"".join(saying), move(int(number)))
                saying = [after]
        before, rank = piece, rank + 1
    told.append(b"".join(saying) + stream + body)
    return told


def _renamed(name: bytes, prefix: bytes) -> bytes:
    return b"(U" + prefix + name[2:] if prefix and _TABLE_CELL.fullmatch(name) else name


def _pieces(content: bytes) -> Iterator[tuple[bytes, bool]]:
    """What is written, and apart from it the words between brackets: they may say anything."""
    several = _SIMPLE_WORDS.split(content)
    if not any(b"(" in one or b")" in one for one in several[::2]):
        for rank, one in enumerate(several):
            yield one, rank % 2 == 1
        return
    # Brackets within brackets.
    start, deep = 0, 0
    for found in _BRACKET.finditer(content):
        if found[0] == b"(":
            if deep == 0:
                yield content[start : found.start()], False
                start = found.start()
            deep += 1
        elif found[0] == b")":
            deep -= 1
            if deep == 0:
                yield content[start : found.end()], True
                start = found.end()
    yield content[start:], False


def _without_words(content: bytes) -> bytes:
    return b"".join(piece for piece, is_words in _pieces(content) if not is_words)


def _list(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _ids(names: Sequence[tuple[bytes, int]]) -> bytes:
    if not names:
        return b""
    said = b"".join(b"%b%d 0 R" % pair for pair in names)
    return b"/IDTree<</Names[%b]>>" % said


def _counted(metadata: bytes, pages: int) -> bytes:
    """The metadata, with the number of pages of the whole."""
    head, stream, body = metadata.partition(b"\nstream\n")
    body = body.removesuffix(b"\nendstream")
    body = re.sub(rb"(<xmpTPg:NPages>)\d+", rb"\g<1>%d" % pages, body)
    return re.sub(rb"/Length \d+", b"/Length %d" % len(body), head) + stream + body + b"\nendstream"


def _written(objects: dict[int, list[bytes | int]], front: _Part) -> bytes:
    """What can be reached from the root, numbered anew."""
    info = re.search(rb"/Info (\d+) 0 R", front.trailer)
    waiting = [front.root] + ([int(info[1])] if info else [])
    reached: dict[int, int] = {}
    while waiting:
        number = waiting.pop()
        if number in reached or number not in objects:
            continue
        reached[number] = len(reached) + 1
        waiting += [one for one in objects[number] if isinstance(one, int)]
    written, places = bytearray(b"%PDF-1.7\n%\x80\x80\x80\x80\n\n"), []
    for number, place in reached.items():
        places.append(len(written))
        written += b"%d 0 obj\n" % place
        for one in objects.pop(number):
            written += b"%d 0 R" % reached[one] if isinstance(one, int) else one
        written += b"\nendobj\n"
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(places) + 1)
    written += b"".join(b"%010d 00000 n\r\n" % place for place in places)
    trailer = re.sub(rb"/Size \d+", b"/Size %d" % (len(places) + 1), front.trailer)
    trailer = _REFERENCE.sub(lambda found: b"%d 0 R" % reached[int(found[1])], trailer)
    return bytes(written) + trailer + b"startxref\n%d\n%%%%EOF" % start
