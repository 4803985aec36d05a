"""French words as they are looked for: stems without accents, small words left out."""

import dataclasses
import functools
import re
import threading
import unicodedata
from collections.abc import Iterator

import snowballstemmer

LONGEST = 48
SHORTEST = 3  # letters from which the beginning of a word is enough: « agglo » finds « agglomération »

_WORD = re.compile(r"[^\W_]+")
_PLURAL = re.compile(r"[a-z]+[aiou]s(?<=....)")
# The stemmer keeps both where the word is short: « public » and « publique », « actif » and « active ».
_TURNS = {"ic": "iqu", "iqu": "ic", "if": "iv", "iv": "if"}
_TURNED = re.compile(r"(?P<before>..+)(?P<end>ic|iqu|if|iv)")  # two letters before it: « pic » does not find « piquer »
_stemmer = snowballstemmer.stemmer("french")
_one_at_a_time = threading.Lock()  # the stemmer holds the word it works on: two threads would mix theirs

_SMALL = frozenset(
    re.findall(
        r"\w+",
        """
        a ai ainsi alors au aucun aussi autre aux avec avoir c ce cela ces cet cette chaque comme comment d
        dans de des donc dont du elle elles en entre est et etre eu eux fait il ils j je l la le les leur
        leurs lui m ma mais me meme mes moi mon n ne nos notre nous on ont ou par pas plus pour pourquoi qu
        quand que quel quelle quelles quels qui s sa sans se ses si son sont sur t ta te tes toi ton tous
        tout toute toutes tres tu un une va vers vos votre vous y
        """,
    )
)


def fold(text: str) -> str:
    """Lower case, no accents: « Œuvre d’été » → « oeuvre d’ete »."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


@functools.lru_cache(maxsize=50_000)
def stems(word: str) -> tuple[str, ...]:
    """How a word is kept and looked for: its stem, and the stem of what one types without accents."""
    # Stemmed before accents are removed (« -ité » is an ending, « -ite » is not), and after: « egalite » is typed too.
    lower, plain = word.lower(), fold(word)
    with _one_at_a_time:
        stem = _stemmer.stemWord(lower)
        both = (fold(stem), stem if plain == lower else _stemmer.stemWord(plain))
    return tuple(dict.fromkeys(stem[:LONGEST] for stem in both if stem))


@functools.lru_cache(maxsize=50_000)
def singular(word: str) -> tuple[str, ...]:
    """« vélos » → « velo »: the plurals that the stemmer leaves, for fear of « repas »; compared whole."""
    plain = fold(word)
    return (plain[:-1][:LONGEST],) if _PLURAL.fullmatch(plain) else ()


@functools.lru_cache(maxsize=50_000)
def kept(word: str) -> tuple[str, ...]:
    """All the forms under which a word of a text is kept."""
    return tuple(dict.fromkeys((*stems(word), *singular(word))))


@dataclasses.dataclass(frozen=True)
class Asked:
    """A word looked for: texts have one of these stems, or a stem that begins with these letters."""

    stems: tuple[str, ...]
    beginning: str | None

    def is_said_by(self, word: str) -> bool:
        return any(self.has(one) for one in kept(word))

    def has(self, stem: str) -> bool:
        return stem in self.stems or (self.beginning is not None and stem.startswith(self.beginning))


def turned(stem: str) -> tuple[str, ...]:
    """The stem of the other gender, where it is written otherwise: « public » for « publiqu »."""
    found = _TURNED.fullmatch(stem)
    return (found["before"] + _TURNS[found["end"]],) if found else ()


def _ask(word: str) -> Asked:
    # Both genders are looked for, none is added to what is kept: what was written before is found too.
    known = stems(word)
    others = [other for stem in known for other in turned(stem)]
    # The letters as typed, not their stem: « repas » has the stem « rep », and must not find « réparer ».
    letters = fold(word)[:LONGEST]
    return Asked(
        tuple(dict.fromkeys((*known, *singular(word), *others))), letters if len(letters) >= SHORTEST else None
    )


def words(text: str) -> Iterator[re.Match[str]]:
    """The words of a text, in order, where they are."""
    return _WORD.finditer(unicodedata.normalize("NFC", text))


def is_small(word: str) -> bool:
    """« de », « la », « pour »: in every text, and looked for by nobody."""
    return fold(word) in _SMALL


@functools.lru_cache(maxsize=200)
def asked(question: str, most: int = 8) -> tuple[Asked, ...]:
    """What a question looks for: each of its words; its small words only if it has no other."""
    typed = [found[0] for found in words(question)]
    chosen = [word for word in typed if not is_small(word)] or typed
    return tuple(dict.fromkeys(_ask(word) for word in chosen))[:most]
