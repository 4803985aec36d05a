"""Whether the data agree with themselves: what a killed server, a broken disk or a restored backup might have undone.

Each check reads a convention and answers sentences, one for each thing that cannot be; none when all is well. Nothing
is repaired here, and no ballot is shown: of boxes, only lengths and totals are looked at.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention import invariants
from convention.algorithms import plain
from convention.algorithms.decision import Rule
from convention.amendments.models import Amendment
from convention.amendments.models import State as AmendmentState
from convention.conventions import queries as conventions
from convention.conventions.models import Convention
from convention.discussion.models import Argument, Debate, Saying
from convention.drafts.models import Draft
from convention.guarantors.models import Remark
from convention.journal import chain
from convention.journal import queries as journal
from convention.kit import files
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import size
from convention.kit.web import WriteKey
from convention.lineage import queries as lineage
from convention.lineage.models import Recasting
from convention.moderation.models import Decision as ModerationDecision
from convention.programme.models import Document, Minutes, Sitting
from convention.proposals import queries as proposals
from convention.proposals import rules as writing
from convention.proposals.models import (
    FOUND_AS,
    Author,
    CardVersion,
    Paragraph,
    ParagraphState,
    ParagraphVersion,
    Proposal,
)
from convention.recommendations.models import EditionRow
from convention.reservations.models import Reservation, Signature
from convention.responses.models import Answer, Item, Publication, RatingBox, RatingRoll
from convention.search.models import Entry
from convention.voting import choices, counts, envelopes, tokens, tracking
from convention.voting.models import (
    BallotBox,
    Elector,
    Mode,
    NamedVote,
    Outcome,
    Paper,
    Poll,
    PollQuestion,
    Result,
    Roll,
    Subject,
)

BREAKS = {
    "missing": "Journal, ligne {n} : elle manque.",
    "previous": "Journal, ligne {n} : elle ne suit pas la ligne d’avant.",
    "changed": "Journal, ligne {n} : son contenu a changé.",
    "end": "Le journal s’arrête à la ligne {n} : la fin a été retirée, ou le registre de fin a changé.",
}

Check = Callable[[Session, Convention], Iterator[str]]


class Found(NamedTuple):
    """What was looked at: how many checks, in how many conventions, and the sentences of those that failed."""

    checks: int
    conventions: int
    troubles: list[str]


def look(db: Session, folder: Path) -> Found:
    """Every check on every convention, in one reading: what is written meanwhile cannot disturb it."""
    every = conventions.everywhere(db)
    troubles = list(_write_keys(db))
    for one in every:
        wrong = [sentence for check in CHECKS for sentence in check(db, one)]
        wrong += _stored_files(db, one, folder)
        troubles += [f"{one.title} : {sentence}" for sentence in wrong]
    return Found(len(CHECKS) + 2, len(every), troubles)


# -- the record and the report -------------------------------------------------------------------------------------


def _journal(db: Session, convention: Convention) -> Iterator[str]:
    head = journal.head(db, convention.id)
    end = (head.number, head.fingerprint) if head else (0, "")
    if found := chain.verify(journal.lines(db, convention.id), end):
        yield _(BREAKS[found.what]).format(n=found.number)


def _editions(db: Session, convention: Convention) -> Iterator[str]:
    for edition in db.exec(select(EditionRow).where(EditionRow.convention_id == convention.id)):
        if _sha256(edition.content) != edition.sha256:
            yield _("Rapport, édition {n} : son contenu n’a plus l’empreinte publiée.").format(n=edition.number)


def _numbers(db: Session, convention: Convention) -> Iterator[str]:
    """What is numbered and never removed has no hole: a hole is a thing that vanished."""
    said: tuple[tuple[Any, str], ...] = (
        (Proposal, _("propositions")),
        (Amendment, _("amendements")),
        (Reservation, _("réserves")),
        (Argument, _("arguments")),
        (Saying, _("remarques d’ailleurs")),
        (Debate, _("débats d’ailleurs")),
        (Recasting, _("réunions et partages")),
        (Poll, _("scrutins")),
        (EditionRow, _("éditions du rapport")),
        (ModerationDecision, _("décisions de modération")),
        (Remark, _("textes des garants")),
    )
    for table, name in said:
        found = sorted(
            db.exec(select(table.number).where(table.convention_id == convention.id, col(table.number).is_not(None)))
        )
        if found != list(range(1, len(found) + 1)):
            missing = min(set(range(1, len(found) + 2)) - set(found))
            yield _("Numéros des {things} : le {n} manque, ou un numéro est donné deux fois.").format(
                things=name, n=missing
            )


# -- polls ---------------------------------------------------------------------------------------------------------


def _polls(db: Session, convention: Convention) -> Iterator[str]:
    polls = db.exec(select(Poll).where(Poll.convention_id == convention.id).order_by(col(Poll.number))).all()
    mine = col(Poll.id).in_([poll.id for poll in polls])
    rolls = _grouped(db.exec(select(Roll).join(Poll, col(Roll.poll_id) == col(Poll.id)).where(mine)))
    boxes = _grouped(db.exec(select(BallotBox).join(Poll, col(BallotBox.poll_id) == col(Poll.id)).where(mine)))
    electors = _grouped(db.exec(select(Elector).join(Poll, col(Elector.poll_id) == col(Poll.id)).where(mine)))
    asked = dict(
        db.exec(select(col(PollQuestion.poll_id), sa.func.count()).where(_of(PollQuestion, polls)).group_by(
            col(PollQuestion.poll_id)
        )).all()
    )  # fmt: skip
    results = {one.poll_id: one for one in db.exec(select(Result).where(_of(Result, polls)))}
    called = _grouped(db.exec(select(NamedVote).where(_of(NamedVote, polls))))
    for poll in polls:
        wrong = [
            *_its_rule(poll),
            *_its_life(poll, electors[poll.id], rolls[poll.id], boxes[poll.id], results.get(poll.id)),
            *_its_box(poll, electors[poll.id], rolls[poll.id], boxes[poll.id], asked.get(poll.id, 0)),
            *_its_result(poll, rolls[poll.id], boxes[poll.id], results.get(poll.id)),
        ]
        wrong += _its_call(poll, called[poll.id], electors[poll.id], results.get(poll.id))
        yield from (_("Scrutin n° {n} : {what}").format(n=poll.number, what=what) for what in wrong)


def _its_call(poll: Poll, said: list[NamedVote], electors: list[Elector], result: Result | None) -> Iterator[str]:
    """An open roll call; a secret poll has no name beside a choice."""
    if poll.mode != Mode.NAMED:
        if said:
            yield _("il est secret, et des réponses y sont gardées avec un nom.")
        return
    if {one.person_id for one in said} - {one.person_id for one in electors}:
        yield _("quelqu’un qui n’est pas sur la liste a voté.")
    for outcome in counts.outcomes(poll, result) if result is not None else ():
        answers = [one.answers[outcome.position - 1] for one in said]
        counted = counts.count(outcome.rule, b"".join(counts.pack(outcome.rule, answer) for answer in answers))
        if counts.rows(outcome.rule, counted) != outcome.rows:
            yield _("l’appel, recompté, ne donne pas le résultat publié (question {n}).").format(n=outcome.position)
        presides = next((one.answers[outcome.position - 1] for one in said if one.person_id == poll.president_id), None)
        if outcome.decision.casting and counts.CHOICES[presides or "abstention"] != outcome.decision.casting:
            yield _("la voix de la présidence n’est pas celle de l’appel (question {n}).").format(n=outcome.position)


def _its_rule(poll: Poll) -> Iterator[str]:
    if poll.rule and Rule.from_json(poll.rule).fingerprint() != poll.rule_sha256:
        yield _("sa règle n’a plus l’empreinte annoncée.")


def _its_life(
    poll: Poll, electors: list[Elector], rolls: list[Roll], boxes: list[BallotBox], result: Result | None
) -> Iterator[str]:
    if poll.opened_at is None:
        if electors or rolls or boxes:
            yield _("il n’est pas ouvert, et il a déjà une liste ou une urne.")
    elif len(electors) != poll.entitled or len(rolls) != poll.parts or len(boxes) != poll.parts:
        yield _("sa liste ou son urne n’est pas entière.")
    if (poll.sealed_at is None) != (result is None):
        yield _("il est clos sans résultat, ou il a un résultat sans être clos.")
    if poll.sealed_at is not None and poll.cancelled_at is not None:
        yield _("il est à la fois clos et annulé.")


def _its_box(
    poll: Poll, electors: list[Elector], rolls: list[Roll], boxes: list[BallotBox], questions: int
) -> Iterator[str]:
    if poll.cancelled_at is not None:
        if any(box.ballots or box.receipts or box.tracked for box in boxes):
            yield _("il est annulé, et son urne n’est pas vide.")
        yield from _its_tokens(poll, rolls)
        return
    entitled = {(one.part, one.person_id.bytes) for one in electors}
    by_part = {box.part: box for box in boxes}
    record = questions if poll.sealed_at is not None else envelopes.TAG + questions
    for roll in rolls:
        box = by_part.get(roll.part)
        if box is None:
            continue
        if len(roll.voted) % envelopes.PERSON or len(box.ballots) % record or len(box.receipts) % envelopes.RECEIPT:
            yield _("son urne ou sa liste est coupée.")
        elif any(one not in envelopes.split(roll.voted, envelopes.PERSON) for one in _marks(roll)):
            yield _("quelqu’un est marqué sur papier sans être sur la liste de ceux qui ont voté.")
        elif any((roll.part, one) not in entitled for one in envelopes.split(roll.voted, envelopes.PERSON)):
            yield _("quelqu’un qui n’est pas sur la liste a voté.")
    # Ballots on paper are dealt to the boxes at random: numbers agree all together, not box by box.
    voted = sum(len(roll.voted) for roll in rolls) // envelopes.PERSON
    ballots = sum(len(box.ballots) for box in boxes) // record
    receipts = sum(len(box.receipts) for box in boxes) // envelopes.RECEIPT
    marked = poll.paper_marked + sum(len(roll.on_paper) for roll in rolls) // envelopes.PERSON
    # A token may not have been used: never more ballots than names, and fewer by as many as tokens were given at most.
    given = sum(len(roll.tokens) for roll in rolls) // (envelopes.PERSON + tokens.MARK)
    known = poll.sealed_at is None and poll.paper is not Paper.COUNTING  # afterwards the result says how many
    most = receipts + given if known else voted
    if not most >= voted - marked >= ballots - poll.paper_ballots == receipts:
        yield _("la liste a {names} pour {ballots} et {receipts}.").format(
            names=ngettext("{n} nom", "{n} noms", voted).format(n=voted),
            ballots=ngettext("{n} bulletin", "{n} bulletins", ballots).format(n=ballots),
            receipts=ngettext("{n} reçu", "{n} reçus", receipts).format(n=receipts),
        )
    yield from _its_tokens(poll, rolls)


def _its_tokens(poll: Poll, rolls: list[Roll]) -> Iterator[str]:
    """Who was given a token: on the roll, once each; nobody any more once the poll is over."""
    for roll in rolls:
        if len(roll.voted) % envelopes.PERSON:
            continue  # told already
        if len(roll.tokens) % (envelopes.PERSON + tokens.MARK):
            yield _("la liste de ceux qui ont reçu un jeton est coupée.")
            continue
        given = [one[: envelopes.PERSON] for one in envelopes.split(roll.tokens, envelopes.PERSON + tokens.MARK)]
        if given and (poll.sealed_at is not None or poll.cancelled_at is not None):
            yield _("il est terminé, et l’on sait encore qui a reçu un jeton.")
        elif len(set(given)) < len(given) or not set(given) <= set(envelopes.split(roll.voted, envelopes.PERSON)):
            yield _("un jeton a été remis deux fois, ou à quelqu’un qui n’est pas sur la liste de ceux qui ont voté.")


def _marks(roll: Roll) -> list[bytes]:
    return envelopes.split(roll.on_paper, envelopes.PERSON)


def _its_result(poll: Poll, rolls: list[Roll], boxes: list[BallotBox], result: Result | None) -> Iterator[str]:
    if result is None:
        return
    if _sha256(result.content) != result.sha256:
        yield _("son résultat n’a plus l’empreinte publiée.")
        return
    if poll.mode != Mode.BALLOTS:
        return
    issued = sum(len(roll.voted) for roll in rolls) // envelopes.PERSON - poll.paper_marked
    cast = sum(len(box.receipts) for box in boxes) // envelopes.RECEIPT + poll.paper_ballots
    content = json.loads(result.content)
    if poll.the_rule.tracked:
        asked = content["choice"]["options"] if "choice" in content else content["questions"]
        file = tracking.file(poll.the_rule, len(asked), [box.tracked for box in boxes])
        if _sha256(file) != content["tracked_sha256"]:
            yield _("la liste de ses bulletins suivis n’a plus l’empreinte publiée.")
    if content.get("issued", cast - poll.paper_ballots) != issued:
        yield _("le nombre de personnes qui ont émargé n’est pas celui du résultat publié.")
    chosen = choices.read(poll, content)
    if chosen is not None:
        run = envelopes.unseal((box.ballots for box in boxes), 1, len(chosen.options))[0]
        options = [
            PollQuestion(
                poll_id=poll.id,
                position=one["position"],
                subject_kind=one["subject"]["kind"],
                subject_id=UUID(one["subject"]["id"]),
                title=one["title"],
                cost=one["cost"],
            )
            for one in chosen.options
        ]
        again = choices.result(
            chosen.rule, options, run, present=chosen.present, entitled=chosen.entitled, seed=poll.draw_seed
        )
        if plain.numbers(json.loads(json.dumps(again))) != plain.numbers(chosen.counted):
            yield _("l’urne, recomptée, ne donne pas le résultat publié.")
        return
    outcomes = counts.outcomes(poll, result)
    if any(one.cast != cast for one in outcomes):
        yield _("le résultat ne compte pas autant de bulletins que l’urne a de reçus ({n}).").format(n=cast)
        return
    columns = envelopes.unseal((box.ballots for box in boxes), len(outcomes))
    for outcome, column in zip(outcomes, columns, strict=True):
        counted = counts.rows(outcome.rule, counts.count(outcome.rule, column))
        if counted != outcome.rows:
            yield _("l’urne, recomptée, ne donne pas le résultat publié (question {n}).").format(n=outcome.position)


# -- texts ---------------------------------------------------------------------------------------------------------


def _proposals(db: Session, convention: Convention) -> Iterator[str]:
    proposals = db.exec(
        select(Proposal).where(Proposal.convention_id == convention.id).order_by(col(Proposal.number))
    ).all()
    mine = select(Proposal.id).where(Proposal.convention_id == convention.id)
    paragraphs: dict[UUID, list[Paragraph]] = defaultdict(list)
    for one in db.exec(
        select(Paragraph).where(col(Paragraph.proposal_id).in_(mine)).order_by(col(Paragraph.number))
    ):  # fmt: skip
        paragraphs[one.proposal_id].append(one)
    versions: dict[UUID, list[ParagraphVersion]] = defaultdict(list)
    for version in db.exec(
        select(ParagraphVersion)
        .join(Paragraph, col(Paragraph.id) == col(ParagraphVersion.paragraph_id))
        .where(col(Paragraph.proposal_id).in_(mine))
        .order_by(col(ParagraphVersion.number))
    ):
        versions[version.paragraph_id].append(version)
    written = set(db.exec(select(Author.proposal_id).where(col(Author.proposal_id).in_(mine))))
    cards: dict[UUID, list[CardVersion]] = defaultdict(list)
    for card in db.exec(
        select(CardVersion).where(col(CardVersion.proposal_id).in_(mine)).order_by(col(CardVersion.number))
    ):  # fmt: skip
        cards[card.proposal_id].append(card)
    decided = _decided(db, convention)
    for proposal in proposals:
        wrong = []
        if proposal.id not in written and not proposal.written_for:
            wrong.append(_("elle n’a pas d’auteur."))
        if [one.number for one in cards[proposal.id]] != list(range(1, len(cards[proposal.id]) + 1)):
            wrong.append(_("l’histoire de sa fiche a un trou."))
        if not cards[proposal.id] or cards[proposal.id][-1].card.get("title") != proposal.title:
            wrong.append(_("sa fiche n’est pas la dernière de son histoire."))
        here = paragraphs[proposal.id]
        if not here or [one.number for one in here] != list(range(1, len(here) + 1)):
            wrong.append(_("il lui manque un paragraphe."))
        for paragraph in here:
            wrong += _its_versions(proposal, paragraph, versions[paragraph.id], decided)
        in_force = [writing.Passage(one, versions[one.id]) for one in here if one.removed_at is None]
        if not proposal.state.is_over and proposal.state != writing.state_of(in_force):
            wrong.append(_("elle est « {state} », et ses paragraphes disent autre chose.").format(
                state=proposal.state.label
            ))  # fmt: skip
        yield from (_("Proposition n° {n} : {what}").format(n=proposal.number, what=what) for what in wrong)


def _decided(db: Session, convention: Convention) -> Mapping[Subject, Outcome]:
    """The last vote that decided of each text."""
    rows = db.exec(
        select(Poll, Result)
        .join(Result, col(Result.poll_id) == col(Poll.id))
        .where(Poll.convention_id == convention.id, col(Poll.cancelled_at).is_(None))
        .order_by(col(Poll.sealed_at))
    )
    return {
        outcome.subject: outcome
        for poll, result in rows
        for outcome in counts.outcomes(poll, result)
        if writing.decides(outcome)
    }


def _its_versions(
    proposal: Proposal, paragraph: Paragraph, versions: list[ParagraphVersion], decided: Mapping[Subject, Outcome]
) -> Iterator[str]:
    label = f"{proposal.number}.{paragraph.number}"
    if not versions or [one.number for one in versions] != list(range(1, len(versions) + 1)):
        yield _("le paragraphe {label} n’a pas toutes ses versions.").format(label=label)
        return
    if paragraph.removed_at is not None:
        return
    outcome = decided.get(versions[-1].subject)
    if outcome is None:
        expected = ParagraphState.PROPOSED
    else:
        expected = ParagraphState.KEPT if outcome.kept else ParagraphState.TO_REWRITE
    if paragraph.state != expected:
        yield _("le paragraphe {label} est « {state} », et le dernier vote dit « {expected} ».").format(
            label=label, state=paragraph.state.label, expected=expected.label
        )


def _amendments(db: Session, convention: Convention) -> Iterator[str]:
    for one in db.exec(select(Amendment).where(Amendment.convention_id == convention.id)):
        decided = one.state in (AmendmentState.ACCEPTED, AmendmentState.MERGED, AmendmentState.REJECTED)
        if decided and one.decided_at is None:
            yield _("Amendement n° {n} : il est « {state} », sans la date de cette décision.").format(
                n=one.number, state=one.state.label
            )


def _lineage(db: Session, convention: Convention) -> Iterator[str]:
    """Each paragraph of what was merged or split has its fate, and what took its place is named."""
    for recasting in db.exec(select(Recasting).where(Recasting.convention_id == convention.id)):
        recast = lineage.of_number(db, convention, recasting.number)
        assert recast is not None, "it was found a line above"
        strands = lineage.strands(db, recast)
        told = {strand.source.paragraph.id for strand in strands}
        here = proposals.passages_of(db, recast.sources, original=True)
        if any(one.paragraph.id not in told for several in here.values() for one in several):
            yield _("Réunion n° {n} : un paragraphe n’a pas de trace.").format(n=recasting.number)
        if any(one.fate.into_id is None and not one.fate.reason for one in strands):
            yield _("Réunion n° {n} : un paragraphe est laissé de côté sans raison.").format(n=recasting.number)
        numbers = [one.number for one in recast.results]
        if recasting.undone_at is None and any(one.became != numbers for one in recast.sources):
            yield _("Réunion n° {n} : une proposition ne dit pas ce qu’elle est devenue.").format(n=recasting.number)


def _reservations(db: Session, convention: Convention) -> Iterator[str]:
    signed = set(db.exec(select(Signature.reservation_id)))
    for one in db.exec(select(Reservation).where(Reservation.convention_id == convention.id)):
        if (one.withdrawn_at is None) != (one.id in signed):
            yield _("Réserve n° {n} : elle est en vigueur sans signataire, ou retirée avec des signataires.").format(
                n=one.number
            )


def _minutes(db: Session, convention: Convention) -> Iterator[str]:
    kept: dict[int, list[int]] = defaultdict(list)
    for number, version in db.exec(
        select(col(Sitting.number), col(Minutes.version))
        .join(Minutes, col(Minutes.sitting_id) == col(Sitting.id))
        .where(Sitting.convention_id == convention.id)
    ):
        kept[number].append(version)
    for number, found in kept.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield _("Séance n° {n} : une version de son compte rendu manque.").format(n=number)


def _drafts(db: Session, convention: Convention) -> Iterator[str]:
    left = sum(
        bool(draft.content or draft.others)
        for draft in db.exec(select(Draft).where(Draft.convention_id == convention.id, col(Draft.done).is_(True)))
    )
    if left:
        yield ngettext(
            "Brouillons : {n} est marqué comme envoyé, et ses mots sont encore là.",
            "Brouillons : {n} sont marqués comme envoyés, et leurs mots sont encore là.",
            left,
        ).format(n=left)


def _search(db: Session, convention: Convention) -> Iterator[str]:
    found = set(
        db.exec(select(Entry.subject_id).where(Entry.convention_id == convention.id, Entry.kind == FOUND_AS))
    )  # fmt: skip
    for proposal in db.exec(select(Proposal).where(Proposal.convention_id == convention.id)):
        if proposal.state.is_over and proposal.id in found:
            yield _("Recherche : la proposition n° {n} est retirée ou remplacée, et on la trouve encore.").format(
                n=proposal.number
            )
        found.discard(proposal.id)
    if found:
        yield _("Recherche : {n} propositions trouvées n’existent pas.").format(n=len(found))


# -- answers -------------------------------------------------------------------------------------------------------


def _answers(db: Session, convention: Convention) -> Iterator[str]:
    answers = db.exec(select(Answer).where(Answer.convention_id == convention.id)).all()
    rolls = {one.answer_id: one for one in db.exec(select(RatingRoll))}
    boxes = {one.answer_id: one for one in db.exec(select(RatingBox))}
    numbers: dict[UUID, list[int]] = defaultdict(list)
    for item_id, number in db.exec(select(col(Publication.item_id), col(Publication.number))):
        numbers[item_id].append(number)
    named = {answer.id: answer.number for answer in answers}
    for answer in answers:
        roll, box = rolls.get(answer.id), boxes.get(answer.id)
        # Who rated is forgotten when the rating is over: the roll is then empty, or gone.
        if roll and roll.rated and len(roll.rated) // envelopes.PERSON != len(box.marks if box else b""):
            yield _("Réponse n° {n} : il y a plus ou moins de notes que de personnes qui ont noté.").format(
                n=answer.number
            )
    for item in db.exec(select(Item).where(Item.convention_id == convention.id)):
        where = f"{named.get(item.answer_id, '?')}.{item.number}"
        if sorted(numbers[item.id]) != list(range(1, len(numbers[item.id]) + 1)):
            yield _("Réponse {where} : une de ses publications manque.").format(where=where)
        if item.published_at is not None and not numbers[item.id]:
            yield _("Réponse {where} : elle est publiée, et personne ne peut la lire.").format(where=where)


# -- outside the tables --------------------------------------------------------------------------------------------


def _stored_files(db: Session, convention: Convention, folder: Path) -> Iterator[str]:
    for document in db.exec(
        select(Document).where(Document.convention_id == convention.id, col(Document.stored) != "")
    ):  # fmt: skip
        kept = files.path(folder, document.stored)
        if kept is None:
            yield _("Document « {title} » : son fichier n’est plus dans {folder}.").format(
                title=document.title, folder=folder.absolute() / "fichiers"
            )
        elif kept.stat().st_size != document.octets:
            yield _("Document « {title} » : son fichier pèse {now} au lieu de {then}.").format(
                title=document.title, now=size(kept.stat().st_size), then=size(document.octets)
            )


def _write_keys(db: Session) -> Iterator[str]:
    left = db.exec(select(sa.func.count()).select_from(WriteKey).where(WriteKey.location == "")).one()
    if left:
        yield ngettext(
            "Formulaires : {n} est noté comme reçu, et ce qu’il demandait n’a pas été fait.",
            "Formulaires : {n} sont notés comme reçus, et ce qu’ils demandaient n’a pas été fait.",
            left,
        ).format(n=left)


CHECKS: tuple[Check, ...] = (
    _journal, _editions, _numbers, _polls, _proposals, _amendments, _lineage, _reservations,
    _minutes, _drafts, _search, _answers, *invariants.CHECKS,
)  # fmt: skip


def _of(table: Any, polls: Iterable[Poll]) -> Any:
    return col(table.poll_id).in_([poll.id for poll in polls])


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.poll_id].append(row)
    return grouped


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
