"""What anyone downloads to recount a sealed poll, and what the server signs. docs/recount.md says it for readers.

The signing key comes from the server's secret: nothing more to keep, the same after a restart, another on each
installation. Deterministic: the same poll always gives the same archive, octet for octet.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from convention import verify
from convention.algorithms import words
from convention.algorithms.decision import Method
from convention.kit import ids
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.text import moment
from convention.voting import choices, tokens
from convention.voting.choices import Choice
from convention.voting.models import Outcome, Poll


@functools.lru_cache(maxsize=4)
def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(ids.keyed(secret, "poll signing key", "1")))


def public_key(secret: str) -> str:
    """The key with which anyone checks what this server signs: 64 hexadecimal signs."""
    return _private(secret).public_key().public_bytes_raw().hex()


def public_key_file(secret: str) -> bytes:
    """The same, as other tools read it."""
    return (
        _private(secret)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def signed_receipt(secret: str, poll_id: UUID, receipt: str) -> tuple[str, str]:
    """The signature of a receipt, in signs for paper, and all that its drawing says."""
    said = verify.receipt_words(str(poll_id), receipt)
    signature = verify.in_signs(_private(secret).sign(said.encode()))
    return signature, f"{said} {signature}"


def kit(
    secret: str,
    poll: Poll,
    *,
    convention: str,
    outcomes: Sequence[Outcome],
    choice: Choice | None = None,
    ballots: Mapping[int, str],
    result: str,
    result_sha256: str,
    receipts: Sequence[str],
    tracked: str | None = None,
) -> bytes:
    """The archive. `ballots` are the published files by question, none when voices were counted in the room; `tracked`
    is that of the whole ballots under their codes, where the rule gives some.
    """
    assert poll.opened_at is not None and poll.closes_at is not None, "what is sealed was open and has closed"
    turnout: dict[str, Any] = {
        "poll": str(poll.id),
        "mode": poll.mode.value,
        "entitled": poll.entitled,
        "opened_at": poll.opened_at.isoformat(timespec="seconds"),
        "closed_at": poll.closes_at.isoformat(timespec="seconds"),
        "questions": [{"position": one.position, "present": one.present, "cast": one.cast} for one in outcomes],
    }
    if (issued := json.loads(result).get("issued")) is not None:
        turnout["issued"] = issued
    if choice is not None:
        turnout["questions"] = [{"position": 1, "present": choice.present, "cast": choice.counted["cast"]}]
    token_key = tokens.public_key(secret, poll.id) if poll.mode.value == "ballots" else ""
    files = {
        "LISEZMOI.txt": _read_me(poll, convention, outcomes, choice, public_key(secret), token_key).encode(),
        "cle-publique.pem": public_key_file(secret),
        verify.RULE: poll.rule.encode(),
        verify.RESULT: result.encode(),
        verify.TURNOUT: verify.canonical(turnout),
    }
    if ballots:
        if poll.mode.value == "ballots":
            files[verify.RECEIPTS] = "\n".join(receipts).encode()
        files |= {verify.ballots_name(position): text.encode() for position, text in ballots.items()}
    if tracked is not None:
        files[verify.TRACKED] = tracked.encode()
    about = {
        "poll": str(poll.id),
        "number": poll.number,
        "title": poll.title,
        "convention": convention,
        "rule_sha256": poll.rule_sha256,
        "result_sha256": result_sha256,
        "public_key": public_key(secret),
    }
    if token_key:
        about["token_key"] = token_key
    files[verify.MANIFEST] = manifest = verify.manifest(about, files)
    files[verify.SIGNATURE] = f"{_private(secret).sign(manifest).hex()}\n".encode()
    return verify.archive(files)


_NOT_PROVED = {
    "ballots": lazy(
        "Que chaque bulletin dit ce que son auteur a choisi : le reçu dit qu’un bulletin est compté, jamais lequel, "
        "pour que personne ne puisse l’exiger de vous."
    ),
    "tracked": lazy(
        "Que chaque bulletin dit ce que son auteur a choisi : lui seul peut le vérifier, en cherchant son code de "
        "suivi."
    ),
    "named": lazy("Que chaque voix est celle de la personne : cherchez votre nom sur la page du résultat."),
    "totals": lazy("Que les voix ont été bien comptées dans la salle : seules les personnes qui y étaient le savent."),
}


def _by_hand(poll: Poll, choice: Choice | None) -> str:
    """The first step of a count by hand: what to do with the files, as the method has it."""
    if poll.mode.value == "totals":
        return _("Ouvrez resultat.json : il n’y a pas de bulletins, mais les totaux de chaque réponse.")
    if choice is None:
        return _("Ouvrez un fichier de bulletins dans un tableur et comptez les lignes de chaque réponse.")
    if choice.rule.method in choices.RANKINGS:
        return _(
            "Ouvrez bulletins-1.csv dans un tableur. Chaque nombre est un rang, 1 pour l’option préférée ; une case "
            "vide est une option sans rang."
        )
    if choice.rule.method is Method.SCORE:
        return _("Ouvrez bulletins-1.csv dans un tableur et additionnez chaque colonne : une case vide est sans note.")
    return _("Ouvrez bulletins-1.csv dans un tableur et additionnez chaque colonne : 1 dit que l’option est choisie.")


def _read_me(
    poll: Poll, convention: str, outcomes: Sequence[Outcome], choice: Choice | None, key: str, token_key: str
) -> str:
    assert poll.closes_at is not None, "what is sealed has closed"
    decided = [f"{outcome.title} : {outcome.sentence}" for outcome in outcomes]
    if choice is not None:
        decided = [*choice.counted["steps"], choice.counted["sentence"]]
    lines = [
        _("Kit de recomptage du scrutin n° {n}, « {title} »").format(n=poll.number, title=poll.title),
        f"{convention}. " + _("Fermé le {moment}.").format(moment=moment(poll.closes_at)),
        "",
        _("CE QU’IL Y A DANS CE DOSSIER"),
        _("regle.json : la règle, fixée avant l’ouverture. Son empreinte SHA-256 était affichée sur la page du vote."),
        _("resultat.json : le résultat. Son empreinte SHA-256 est inscrite au journal de la convention."),
        _("participation.json : les inscrits, les présents et les voix."),
    ]
    if poll.mode.value == "named":
        lines += [
            _("bulletins-1.csv, bulletins-2.csv… : les voix, une ligne chacune, un fichier par question. Le vote était "
              "public : qui a voté quoi est sur la page du résultat."),
        ]  # fmt: skip
    if poll.mode.value == "ballots":
        lines += [
            _("participation.json dit aussi combien de personnes ont émargé à l’écran. Il peut y en avoir plus que de "
              "bulletins déposés à l’écran, si un appareil s’est éteint avant le dépôt ; jamais moins."),
            _("bulletins-1.csv : les bulletins, une ligne chacun, une colonne par option, sans nom ni heure ni ordre "
              "d’arrivée. La dernière colonne dit combien de bulletins la ligne compte : un.")
            if choice is not None
            else _("bulletins-1.csv, bulletins-2.csv… : les bulletins, une ligne chacun, un fichier par question, sans "
                   "nom ni heure ni ordre d’arrivée."),
            _("recus.txt : les numéros de tous les reçus, un par bulletin déposé à l’écran, dans l’ordre des numéros."),
        ]  # fmt: skip
    if poll.the_rule.tracked:
        lines += [
            _("suivi.csv : chaque bulletin en entier, avec son code de suivi, dans l’ordre des codes ; une colonne par "
              "question, ou par option. Les bulletins papier y sont aussi, avec un code que personne n’a."),
        ]  # fmt: skip
    last = [_("Comparez la clé publique ci-dessous à celle qui était affichée avant le vote.")]
    if poll.the_rule.tracked:
        last.insert(0, _("Cherchez votre code de suivi dans suivi.csv, et relisez votre bulletin."))
    if poll.mode.value == "ballots":
        last.insert(0, _("Cherchez le numéro de votre reçu dans recus.txt. S’il manque, montrez votre reçu à la "
                         "personne garante : il est signé par le serveur."))  # fmt: skip
    lines += [
        _("manifeste.json et signature.txt : l’empreinte de chaque fichier, et la signature du serveur."),
        _("cle-publique.pem : la clé publique du serveur, telle que d’autres outils la lisent."),
        "",
        _("VÉRIFIER À LA MAIN"),
        f"1. {_by_hand(poll, choice)}",
        _("2. Comparez ces nombres à ceux de la page du résultat."),
        _("3. Appliquez la règle, que voici :"),
        *(f"   - {sentence}" for sentence in words.rule_sentences(poll.the_rule)),
        _("   La page du vote dit :"),
        *(f"   - {sentence}" for sentence in decided),
        *(f"{n}. {sentence}" for n, sentence in enumerate(last, start=4)),
        "",
        _("VÉRIFIER AVEC UN ORDINATEUR, SANS RÉSEAU"),
        f"   convention verify scrutin-{poll.number}.zip --key {key}",
        _("La commande refait tout et dit ce qui tient et ce qui ne tient pas. Le fichier docs/recount.md du programme "
          "décrit chaque fichier, pour qui veut écrire son propre outil."),
        "",
        _("CE QUE CE KIT NE PROUVE PAS"),
        str(_NOT_PROVED["tracked" if poll.the_rule.tracked else poll.mode.value]),
        "",
        _("Clé publique du serveur (Ed25519) :"),
        key,
        "",
    ]  # fmt: skip
    if token_key:
        lines += [
            _("Clé publique des jetons de ce vote (VOPRF, RFC 9497), la même pour tout le monde :"),
            token_key,
            "",
        ]
    return "\n".join(lines)
