"""`convention verify`: a poll's recount kit, checked by anyone, on her own machine, without a network.

docs/recount.md describes the kit, so that somebody else may write her own verifier. What is checked: nobody has touched
the archive since the server signed it; its files are the ones that were signed; the rule and the result have the
fingerprints of the journal; the ballots, counted again by the rule, give the result; each ballot has a receipt.
"""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from convention.algorithms import majority_judgment, reading, words
from convention.algorithms.ballots import Box
from convention.algorithms.count import Count, count
from convention.algorithms.decision import Decision, Method, Rule, RuleError, Tie, decide, is_even
from convention.algorithms.election import Election, Malformed
from convention.algorithms.plain import as_data, numbers
from convention.kit import i18n, room
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import printable

HOLDS, BROKEN, UNREADABLE = 0, 1, 2

FORMAT = "convention-kit/1"
MANIFEST, SIGNATURE = "manifeste.json", "signature.txt"
RULE, RESULT, TURNOUT, RECEIPTS = "regle.json", "resultat.json", "participation.json", "recus.txt"
TRACKED = "suivi.csv"
HEAVIEST = 200_000_000
HEAVIEST_JSON = 10_000_000  # twice what sixty of the longest texts take, or the duels of sixty options
AROUND = 1_000_000  # what an archive adds to its files: their names and places
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, as for keys and receipts
RECEIPT_WORD = "CONVENTION RECU 1"


class Finding(NamedTuple):
    """One thing that was checked: whether it holds, in words."""

    holds: bool
    sentence: str


class NotAKit(ValueError):
    """This cannot be read as a kit at all: the message says why."""


class _Unlike(ValueError):
    """A file of the kit does not say what a poll's does: the message names it, in words."""


# -- how a kit is written: the server writes it so, and the verifier writes it again to compare ------------------------


def ballots_name(position: int) -> str:
    return f"bulletins-{position}.csv"


def manifest(about: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The list of the files, each with its SHA-256 and a chain: the mark of each depends on all those before it."""
    listed = []
    chained = ""
    for name in sorted(files):
        mark = hashlib.sha256(files[name]).hexdigest()
        chained = hashlib.sha256(f"{chained}|{name}|{mark}".encode()).hexdigest()
        listed.append({"name": name, "size": len(files[name]), "sha256": mark, "chain": chained})
    return canonical({**about, "format": FORMAT, "files": listed, "chain": chained})


def canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def archive(files: Mapping[str, bytes]) -> bytes:
    """The one way to write these files as an archive: in order, dated 1980, not compressed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as box:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            box.writestr(entry, files[name])
    return written.getvalue()


def in_signs(octets: bytes) -> str:
    """Bytes in Crockford's thirty-two signs, for paper: five bits each, the last ones filled with zeros."""
    number, bits = int.from_bytes(octets, "big"), 8 * len(octets)
    length = -(-bits // 5)
    number <<= 5 * length - bits
    return "".join(SIGNS[number >> 5 * place & 31] for place in reversed(range(length)))


def from_signs(signs: str, octets: int) -> bytes | None:
    """The way back; None if these signs were not written by `in_signs`."""
    if any(sign not in SIGNS for sign in signs) or len(signs) != -(-8 * octets // 5):
        return None
    number = 0
    for sign in signs:
        number = number << 5 | SIGNS.index(sign)
    spare = 5 * len(signs) - 8 * octets
    return None if number & (1 << spare) - 1 else (number >> spare).to_bytes(octets, "big")


def receipt_words(poll: str, receipt: str) -> str:
    """What the server signs on a receipt: the poll, the number. No date: it would say when she voted."""
    return f"{RECEIPT_WORD} {poll.replace('-', '').upper()} {receipt.replace(' ', '')}"


# -- reading and checking ----------------------------------------------------------------------------------------------


def run(path: str | Path, key: str | None = None, receipt: str | None = None) -> tuple[str, int]:
    """What holds and what does not, in words; 0 if all holds, 1 if something does not, 2 if it is no kit."""
    try:
        kit = _read(Path(path))
    except OSError as error:
        return _("{path} ne peut pas être lu.").format(path=path) + f" ({room.why(error)})", UNREADABLE
    try:
        title, findings = verify(kit, key, receipt)
    except NotAKit as error:
        return _("{path} n’est pas un kit de recomptage : {reason}").format(path=path, reason=error), UNREADABLE
    except MemoryError:
        said = _("{path} : la mémoire de cette machine n’y suffit pas. Essayez sur une autre.")
        return said.format(path=path), UNREADABLE
    lines = [title, ""]
    lines += [f"{_('Tient') if one.holds else _('NE TIENT PAS')} : {one.sentence}" for one in findings]
    broken = [one for one in findings if not one.holds]
    lines += ["", _summary(len(broken), key is not None)]
    return "\n".join(map(printable, lines)), BROKEN if broken else HOLDS


def _read(path: Path) -> bytes:
    """The file, and of one that is heavier than any kit, or has no end, only enough to know it."""
    kit = bytearray()
    with path.open("rb") as file:
        while len(kit) <= HEAVIEST + AROUND and (more := file.read(AROUND)):
            kit += more
    return bytes(kit)


def _summary(broken: int, with_key: bool) -> str:
    if broken:
        return ngettext(
            "Ce kit n’est pas celui qui a été publié, ou son résultat est faux : {n} point ne tient pas.",
            "Ce kit n’est pas celui qui a été publié, ou son résultat est faux : {n} points ne tiennent pas.",
            broken,
        ).format(n=broken)
    if not with_key:
        return _(
            "Tout tient. Comparez encore la clé publique ci-dessus à celle qui était affichée avant le vote : "
            "quelqu’un d’autre peut signer un faux avec sa propre clé."
        )
    return _("Tout tient.")


def verify(kit: bytes, key: str | None = None, receipt: str | None = None) -> tuple[str, list[Finding]]:
    """The poll this kit says it is about, and all that was checked. Raises `NotAKit`."""
    if len(kit) > HEAVIEST + AROUND:
        raise NotAKit(_("il est trop lourd."))
    files = _opened(kit)
    listed = _manifest(files)
    untouched = archive(files) == kit
    findings = [
        Finding(
            untouched,
            _("l’archive est écrite octet pour octet comme le serveur l’écrit.")
            if untouched
            else _("l’archive a été retouchée ou refaite depuis que le serveur l’a écrite."),
        ),
        _signature(files, listed, key),
        *_files(files, listed),
    ]
    try:
        findings += _recount(files, listed)
    except KeyError as error:
        said = _("le compte ne se refait pas : il manque « {name} ».")
        findings.append(Finding(False, said.format(name=error.args[0])))
    except (_Unlike, RuleError, Malformed) as error:
        said = _("les fichiers ne se lisent pas comme ceux d’un scrutin ({error}).")
        findings.append(Finding(False, said.format(error=str(error).splitlines()[0])))
    except (ValueError, TypeError, AttributeError, IndexError, ArithmeticError, AssertionError, RecursionError):
        # What the program says of itself would help nobody who reads this.
        findings.append(Finding(False, _("les fichiers ne se lisent pas comme ceux d’un scrutin.")))
    if receipt is not None:
        findings.append(_receipt(files, listed, key or str(listed["public_key"]), receipt))
    title = _("Scrutin n° {n}, « {title} », {convention}").format(
        n=listed.get("number", "?"), title=listed.get("title", "?"), convention=listed.get("convention", "?")
    )
    return title, findings


def _opened(kit: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(kit)) as box:
            entries = box.infolist()
            if sum(entry.file_size for entry in entries) > HEAVIEST:
                raise NotAKit(_("il est trop lourd."))
            for entry in entries:
                if entry.filename.endswith(".json") and entry.file_size > HEAVIEST_JSON:
                    raise NotAKit(_("son {name} est plus lourd que celui d’aucun scrutin.").format(name=entry.filename))
            if len({entry.filename for entry in entries}) < len(entries):
                raise NotAKit(_("un fichier y est deux fois."))
            if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
                raise NotAKit(_("l’archive est abîmée."))  # these swell whole, whatever their size says
            return {entry.filename: _content(box, entry) for entry in entries}
    except NotAKit:
        raise
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError, ValueError) as error:
        raise NotAKit(_("l’archive est abîmée.")) from error
    except Exception as error:  # zlib.error, struct.error, LookupError: all that a bent archive can raise
        raise NotAKit(_("l’archive est abîmée.")) from error


def _content(box: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What it says it holds, and no more: asked for the whole, it would first swell to all there is."""
    with box.open(entry) as file:
        return file.read(entry.file_size + 1)


def _text(files: Mapping[str, bytes], name: str) -> str:
    try:
        return files[name].decode()
    except UnicodeDecodeError as error:
        raise _Unlike(_("{path} n’est pas écrit en UTF-8.").format(path=name)) from error


def _json(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        read = json.loads(_text(files, name))
        canonical(read)  # what cannot be written again cannot be shown either
        assert isinstance(read, dict)
    except _Unlike:
        raise
    except (ValueError, AssertionError, RecursionError) as error:
        raise _Unlike(_("{name} ne se lit pas").format(name=name)) from error
    return read


def _manifest(files: Mapping[str, bytes]) -> dict[str, Any]:
    if MANIFEST not in files:
        raise NotAKit(_("il n’y a pas de {name}.").format(name=MANIFEST))
    try:
        listed = json.loads(files[MANIFEST].decode())
        assert isinstance(listed, dict) and listed["format"] == FORMAT
        assert all(isinstance(one["name"], str) and isinstance(one["sha256"], str) for one in listed["files"])
        assert isinstance(listed["public_key"], str)
        canonical(listed)  # what cannot be written again cannot be shown either
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError) as error:
        raise NotAKit(_("son {name} ne se lit pas.").format(name=MANIFEST)) from error
    return listed


def _public(key: str) -> Ed25519PublicKey | None:
    plain = re.sub(r"[\s:·-]", "", key).lower()
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(plain)) if re.fullmatch("[0-9a-f]{64}", plain) else None


def signed(key: str, signature: bytes, words: bytes) -> bool:
    """Whether these words were signed by the holder of this public key (64 hexadecimal signs)."""
    public = _public(key)
    if public is None:
        return False
    try:
        public.verify(signature, words)
    except InvalidSignature:
        return False
    return True


def _signature(files: Mapping[str, bytes], listed: Mapping[str, Any], key: str | None) -> Finding:
    own = str(listed["public_key"])
    if key is not None and _public(key) is None:
        return Finding(False, _("la clé publique donnée doit avoir 64 signes, de 0 à 9 et de a à f."))
    written = files.get(SIGNATURE, b"")
    if not re.fullmatch(rb"[0-9a-f]{128}\n", written):
        return Finding(False, _("le kit n’est pas signé."))
    if not signed(key or own, bytes.fromhex(written.decode()), files[MANIFEST]):
        return Finding(
            False,
            _("la signature n’est pas celle de la clé que vous avez donnée.")
            if key is not None
            else _("la signature n’est pas celle de ce manifeste."),
        )
    return Finding(True, _("le manifeste est signé par la clé publique {key}.").format(key=key or own))


def _files(files: Mapping[str, bytes], listed: Mapping[str, Any]) -> list[Finding]:
    """The files are those of the manifest, no more and no less, and none has changed."""
    broken = []
    named = {one["name"]: one["sha256"] for one in listed["files"]}
    inside = set(files) - {MANIFEST, SIGNATURE}
    for name in sorted(set(named) - inside):
        broken.append(Finding(False, _("le fichier {name} a été retiré.").format(name=name)))
    for name in sorted(inside - set(named)):
        broken.append(Finding(False, _("le fichier {name} a été ajouté.").format(name=name)))
    for name in sorted(inside & set(named)):
        if hashlib.sha256(files[name]).hexdigest() != named[name]:
            broken.append(Finding(False, _("le fichier {name} a changé.").format(name=name)))
    about = {key: value for key, value in listed.items() if key not in ("format", "files", "chain")}
    if not broken and manifest(about, {name: files[name] for name in inside}) != files[MANIFEST]:
        broken.append(Finding(False, _("la chaîne des empreintes du manifeste est rompue.")))
    return broken or [
        Finding(True, _("les {n} fichiers sont ceux du manifeste, et leur chaîne d’empreintes.").format(n=len(inside)))
    ]


def _recount(files: Mapping[str, bytes], listed: Mapping[str, Any]) -> list[Finding]:
    rule = Rule.from_json(_text(files, RULE))
    result, turnout = _json(files, RESULT), _json(files, TURNOUT)
    findings = [_same_rule(files, listed, result, rule), _same_result(files, listed, result)]
    about = [str(one.get("poll")) for one in (listed, result, turnout)]
    findings.append(
        Finding(True, _("le manifeste, le résultat et la participation parlent du même scrutin."))
        if len(set(about)) == 1
        else Finding(False, _("le manifeste, le résultat et la participation ne parlent pas du même scrutin."))
    )
    if turnout.get("mode", result["mode"]) != result["mode"]:
        said = _("le résultat et la participation ne disent pas la même façon de voter.")
        findings.append(Finding(False, said))
    by_ballots = result["mode"] in ("ballots", "named")  # an open roll call is counted again too; it has no receipts
    cast = []
    if "choice" in result:
        choice, told = result["choice"], turnout["questions"]
        findings.append(_choice(files, rule, result))
        findings += _draw(rule, choice)
        cast.append(choice["count"]["cast"])
        if told != [{"position": 1, "present": choice["present"], "cast": cast[0]}]:
            findings.append(Finding(False, _("la participation n’est pas celle du résultat.")))
        turnout["questions"] = []
    if len(result["questions"]) != len(turnout["questions"]):
        raise _Unlike(_("le résultat et la participation n’ont pas les mêmes questions"))
    for question, told in zip(result["questions"], turnout["questions"], strict=True):
        findings += _question(files, rule, result, question, by_ballots)
        cast.append(sum(question["counts"].values()))
        if told != {"position": question["position"], "present": question["present"], "cast": cast[-1]}:
            findings.append(
                Finding(False, _("question {n} : la participation n’est pas celle du résultat.").format(
                    n=question["position"]
                ))
            )  # fmt: skip
    if turnout["entitled"] != result["entitled"] or max(cast, default=0) > result["entitled"]:
        findings.append(Finding(False, _("le nombre d’inscrits n’est pas celui du résultat, ou il y a trop de voix.")))
    if result["mode"] == "ballots":
        findings.append(_receipts(files, result, cast))
    if rule.tracked:
        findings.append(_tracked(files, result))
    if turnout.get("issued") != result.get("issued"):
        findings.append(Finding(False, _("le nombre de personnes qui ont émargé n’est pas celui du résultat.")))
    elif "issued" in result:
        findings.append(_tokens(result, cast))
    return findings


def _same_rule(files: Mapping[str, bytes], listed: Mapping[str, Any], result: Mapping[str, Any], rule: Rule) -> Finding:
    mark = hashlib.sha256(files[RULE]).hexdigest()
    told = {listed.get("rule_sha256"), result["rule_sha256"]}
    if told != {mark} or result["rule"] != _json(files, RULE) or rule.fingerprint() != mark:
        return Finding(False, _("la règle n’est pas celle du vote : son empreinte est {mark}.").format(mark=mark))
    return Finding(True, _("la règle a l’empreinte annoncée avant le vote, {mark}.").format(mark=mark))


def _same_result(files: Mapping[str, bytes], listed: Mapping[str, Any], result: Mapping[str, Any]) -> Finding:
    mark = hashlib.sha256(files[RESULT]).hexdigest()
    if mark == listed.get("result_sha256"):
        return Finding(True, _("le résultat a l’empreinte inscrite au journal, {mark}.").format(mark=mark))
    if result.get("masked"):
        return Finding(True, _(
            "la modération a couvert des mots du résultat : l’empreinte du journal, {mark}, est celle de l’original, "
            "que la personne garante peut lire ; les nombres, eux, sont recomptés ici."
        ).format(mark=listed.get("result_sha256")))  # fmt: skip
    return Finding(False, _("le résultat n’a pas l’empreinte inscrite au journal."))


def _question(
    files: Mapping[str, bytes], rule: Rule, result: Mapping[str, Any], question: Mapping[str, Any], by_ballots: bool
) -> list[Finding]:
    """The ballots of one question, counted again; or what the rule makes of totals that were counted in a room."""
    n, told = question["position"], question["counts"]
    if not by_ballots:
        casting = question.get("casting")
        decided = _decided(rule, told, question["present"], result["entitled"], _CHOICES.get(str(casting)))
        if casting is not None and decided.casting is None:
            return [Finding(False, _("question {n} : la voix de la présidence n’avait rien à départager.").format(n=n))]
        sentence = words.decision_sentence(rule, decided)
        said = _("question {n}, comptée dans la salle : d’après ces totaux, la règle dit « {s} »")
        return [Finding(True, said.format(n=n, s=sentence))]
    election = _ballots(rule, _text(files, ballots_name(n)))
    more = (0 if election is None else election.box.cast) - sum(told.values())
    said = {
        1: ngettext("{n} bulletin de trop a été ajouté", "{n} bulletins de trop ont été ajoutés", abs(more)),
        -1: ngettext("{n} bulletin a été retiré", "{n} bulletins ont été retirés", abs(more)),
        0: _("des bulletins ont été changés"),
    }[(more > 0) - (more < 0)].format(n=abs(more))
    wrong = Finding(
        False, _("question {n} : {what} ; les bulletins ne donnent pas le résultat.").format(n=n, what=said)
    )
    if more:
        return [wrong]
    if election is None:
        return [Finding(True, _("question {n} : personne n’a voté, et le résultat le dit.").format(n=n))]
    counted = count(rule, election.box, present=question["present"], entitled=result["entitled"])
    if _numbers(rule, counted, told) != told:
        return [wrong]
    casting = question.get("casting")
    settles = rule.method is Method.YES_NO and rule.tie is Tie.PRESIDENT
    if (casting is not None) != (settles and is_even(rule, told["pour"], told["contre"])):
        said = _("question {n} : la voix de la présidence manque, ou n’avait rien à départager.")
        return [Finding(False, said.format(n=n))]
    decided = _decided(rule, told, question["present"], result["entitled"], _CHOICES.get(str(casting)))
    sentence = counted.sentence if casting is None else words.decision_sentence(rule, decided)
    right = ngettext(
        "question {n} : le bulletin recompté donne le résultat. {sentence}",
        "question {n} : les {cast} bulletins recomptés donnent le résultat. {sentence}",
        election.box.cast,
    )
    return [Finding(True, right.format(n=n, cast=election.box.cast, sentence=sentence))]


def _choice(files: Mapping[str, bytes], rule: Rule, result: Mapping[str, Any]) -> Finding:
    """The ballots of a choice between options, counted again: everything the result tells must come out the same."""
    told = result["choice"]
    titles = [option["title"] for option in told["options"]]
    election = _ballots(rule, _text(files, ballots_name(1)))
    if election is None:
        box = Box.of(titles, b"")
    else:
        box = Box(tuple(titles), election.box.columns, election.box.counts)
        if len(election.options) != len(titles):
            raise _Unlike(_("les bulletins n’ont pas une colonne par option"))
    more = box.cast - told["count"]["cast"]
    if more > 0:
        said = ngettext("{n} bulletin de trop a été ajouté", "{n} bulletins de trop ont été ajoutés", more)
        return Finding(False, said.format(n=more) + _(" ; les bulletins ne donnent pas le résultat."))
    if more < 0:
        said = ngettext("{n} bulletin a été retiré", "{n} bulletins ont été retirés", -more)
        return Finding(False, said.format(n=-more) + _(" ; les bulletins ne donnent pas le résultat."))
    seed = told["draw"]["seed"] if rule.tie is Tie.DRAW else None
    costs = {option["title"]: option["cost"] for option in told["options"] if option["cost"]}
    with i18n.speaking(i18n.SOURCE):
        found = as_data(count(rule, box, present=told["present"], entitled=result["entitled"], costs=costs, seed=seed))
    if result.get("masked") and rule.tie is Tie.DRAW and numbers(found) != numbers(told["count"]):
        # The draw was made with names that are covered now: only who reads them can draw again.
        same = all(found[key] == told["count"][key] for key in ("cast", "blank", "expressed"))
        if same and (rule.method in (Method.IRV, Method.EQUAL_SHARES) or found["counts"] == told["count"]["counts"]):
            return Finding(True, _(
                "les {cast} bulletins sont ceux du résultat ; le tirage au sort, fait avec les noms que la modération "
                "a couverts, est à refaire par la personne garante."
            ).format(cast=box.cast))  # fmt: skip
    if numbers(found) != numbers(told["count"]):
        return Finding(False, _("des bulletins ont été changés ; ils ne donnent pas le résultat."))
    right = ngettext(
        "le bulletin recompté, étape par étape, donne le résultat. {sentence}",
        "les {cast} bulletins recomptés, étape par étape, donnent le résultat. {sentence}",
        box.cast,
    ).format(cast=box.cast, sentence=found["sentence"])
    if found != told["count"]:
        right += " " + _(
            "Les phrases du résultat ne sont pas celles de cette version du programme : fiez-vous à celle-ci."
        )
    return Finding(True, right)


def _draw(rule: Rule, choice: Mapping[str, Any]) -> list[Finding]:
    """The seed of the public draw that settles ties is the one whose fingerprint was told before the vote."""
    if rule.tie is not Tie.DRAW:
        return [] if "draw" not in choice else [Finding(False, _("la règle ne prévoit pas de tirage au sort."))]
    seed, told = str(choice["draw"]["seed"]), str(choice["draw"]["sha256"])
    if hashlib.sha256(seed.encode()).hexdigest() != told:
        return [Finding(False, _("la graine du tirage au sort n’est pas celle dont l’empreinte est donnée."))]
    said = _("la graine du tirage au sort, {seed}, a l’empreinte {mark} : elle doit être celle annoncée avant le vote.")
    return [Finding(True, said.format(seed=seed, mark=told))]


def _ballots(rule: Rule, text: str) -> Election | None:
    if len(text.splitlines()) < 2:  # the head alone: nobody voted
        return None
    return reading.read(
        text,
        ".csv",
        rule.method,
        rule.grades if rule.method is Method.MAJORITY_JUDGMENT else (),
        (rule.score_from, rule.score_to) if rule.method is Method.SCORE else None,
    )


def _numbers(rule: Rule, counted: Count, told: Mapping[str, int]) -> dict[str, int]:
    """The numbers as a result writes them: before blank ballots were offered, it did not tell that there are none."""
    if rule.method is Method.YES_NO:
        numbers = {word: int(counted.counts[choice]) for word, choice in _CHOICES.items()}
        return {word: n for word, n in numbers.items() if word != _BLANK or n or word in told}
    assert isinstance(counted.result, majority_judgment.Result), "a text is judged"
    (standing,) = counted.result.standings.values()
    given = {str(value): number for value, number in enumerate(standing.given, start=1)}
    return {**given, "sans-avis": standing.no_opinion}


_BLANK = "blanc"
_CHOICES = {"pour": "yes", "contre": "no", "abstention": "abstention", _BLANK: "blank"}


def _decided(rule: Rule, told: Mapping[str, int], present: int, entitled: int, casting: str | None = None) -> Decision:
    cast = sum(told.values())
    if rule.method is Method.YES_NO:
        voices = {choice: told[word] for word, choice in _CHOICES.items() if word != _BLANK}
        blank = told.get(_BLANK, 0)
        return decide(rule, voices, cast=cast, blank=blank, present=present, entitled=entitled, casting=casting)
    grades = {value: n for value, n in told.items() if value != "sans-avis"}
    return decide(rule, grades, cast=cast, blank=told["sans-avis"], present=present, entitled=entitled)


def _receipts(files: Mapping[str, bytes], result: Mapping[str, Any], cast: list[int]) -> Finding:
    text = files[RECEIPTS]
    numbers = _text(files, RECEIPTS).split("\n") if text else []
    if hashlib.sha256(text).hexdigest() != result["receipts_sha256"]:
        return Finding(False, _("la liste des reçus n’est pas celle du résultat."))
    paper = int(result.get("paper", {}).get("ballots", 0))
    if numbers != sorted(numbers) or any(len(numbers) + paper != voices for voices in cast):
        return Finding(False, _("il n’y a pas un reçu par bulletin."))
    if paper:
        told = _("il y a un reçu par bulletin déposé à l’écran : {n}, dans l’ordre ; et {paper} bulletins papier.")
        return Finding(True, told.format(n=len(numbers), paper=paper))
    return Finding(True, _("il y a un reçu par bulletin : {n}, dans l’ordre.").format(n=len(numbers)))


def _tracked(files: Mapping[str, bytes], result: Mapping[str, Any]) -> Finding:
    """The ballots under their codes are those that were counted: answer by answer, or whole for a choice."""
    if hashlib.sha256(files[TRACKED]).hexdigest() != result["tracked_sha256"]:
        return Finding(False, _("la liste des bulletins suivis n’est pas celle du résultat."))
    head, *lines = csv.reader(io.StringIO(_text(files, TRACKED)))
    whole = "choice" in result
    named = ["code", *map(str, range(1, len(result["choice"]["options"] if whole else result["questions"]) + 1))]
    codes = [line[0] for line in lines]
    if head != named or any(len(line) != len(head) for line in lines) or codes != sorted(codes):
        raise _Unlike(_("{name} ne se lit pas").format(name=TRACKED))
    wide = len(head) - 1 if whole else 1
    for position, start in enumerate(range(1, len(head), wide), start=1):
        counted = [line[:wide] for line in csv.reader(io.StringIO(_text(files, ballots_name(position))))][1:]
        if sorted(line[start : start + wide] for line in lines) != sorted(counted):
            return Finding(False, _("les bulletins suivis ne sont pas ceux qui ont été comptés."))
    said = ngettext(
        "le bulletin publié sous son code de suivi est celui qui a été compté.",
        "les {n} bulletins publiés sous leur code de suivi sont ceux qui ont été comptés.",
        len(lines),
    )
    return Finding(True, said.format(n=len(lines)))


def _tokens(result: Mapping[str, Any], cast: list[int]) -> Finding:
    """Names on the roll: with a token, that may not have been used (a closed phone), or with the ballot itself."""
    issued, paper = int(result["issued"]), result.get("paper", {})
    on_screen = max(cast, default=0) - int(paper.get("ballots", 0))
    people = ngettext("{n} personne a émargé à l’écran", "{n} personnes ont émargé à l’écran", issued)
    ballots = ngettext("{n} bulletin déposé à l’écran", "{n} bulletins déposés à l’écran", on_screen)
    said = people.format(n=issued) + ", " + ballots.format(n=on_screen)
    if on_screen > issued or issued + int(paper.get("marked", 0)) > result["entitled"]:
        many = _(" : il y a plus de bulletins que d’émargements, ou plus d’émargements que d’inscrits.")
        return Finding(False, said + many)
    return Finding(True, said + ("." if on_screen == issued else _(" : un jeton peut ne pas avoir servi.")))


def _receipt(files: Mapping[str, bytes], listed: Mapping[str, Any], key: str, typed: str) -> Finding:
    """A receipt: its number alone, or all that its drawing says, with the server's signature."""
    plain = re.sub(r"\s+", " ", typed.upper()).strip().removeprefix(RECEIPT_WORD).replace(" ", "")
    published = {one.replace(" ", "") for one in files.get(RECEIPTS, b"").decode(errors="replace").split("\n")}
    if len(plain) == 8 and plain in published:
        return Finding(True, _("le reçu {n} est dans la liste.").format(n=plain))
    if len(plain) == 8:
        missing = _("le reçu {n} n’est pas dans la liste. Sa signature prouverait qu’il devait y être.")
        return Finding(False, missing.format(n=plain))
    poll, number, signature = plain[:32], plain[32:40], from_signs(plain[40:], 64)
    if signature is None:
        return Finding(False, _("ce reçu ne se lit pas : donnez son numéro, ou tout ce que dit son dessin."))
    if poll != str(listed.get("poll", "")).replace("-", "").upper():
        return Finding(False, _("ce reçu est celui d’un autre scrutin."))
    if not signed(key, signature, receipt_words(poll, number).encode()):
        return Finding(False, _("la signature de ce reçu n’est pas celle du serveur."))
    if number not in published:
        return Finding(False, _(
            "le serveur a signé le reçu {n}, et il n’est pas dans la liste : un bulletin manque. Montrez ce reçu à la "
            "personne garante, il le prouve."
        ).format(n=number))  # fmt: skip
    return Finding(True, _("le reçu {n} est signé par le serveur et il est dans la liste.").format(n=number))
