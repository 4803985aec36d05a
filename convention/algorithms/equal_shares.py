"""Equal shares: each person receives the same part of the budget and pays only for projects she approves.

Sources: Peters & Skowron, "Proportionality and the Limits of Welfarism", EC 2020; Peters, Pierczyński & Skowron,
"Proportional Participatory Budgeting with Additive Utilities", NeurIPS 2021, with utilities equal to costs. The
completion "Add1" is that of the elections held by this method.

**One run.** Everyone starts with the same share. For each project, look for the smallest payment such that its
supporters, each paying this much or all she has left, cover its cost exactly. Its *effective votes* are its cost over
that payment: with nobody short of money, simply its supporters. The project with the most effective votes is bought
and its supporters pay; again, until no project's supporters can pay for one.

**Ties.** Between equal effective votes, the project with more votes comes first; then the cheaper; then the order
fixed before the vote (`tie_order`), if there is one. If nothing separates them but no supporter with money left is
shared by two of them, the order changes nothing and the first named is bought first. Otherwise the count stops and says
between which.

**Completion.** One run usually leaves money. With `ADD1`, shares start from the whole euro below budget / persons and
rise by one euro each, run after run, as long as what is bought stays within the true budget; the last such run is the
result. This goes on even when nothing more would fit (`stop_when_exhaustive` stops there instead; the two may differ).
With `ADD1_UTILITARIAN`, what money then remains goes to the projects with the most votes that still fit, the cheaper
first when equal.

A share of some thousand euros is raised thousands of times, and nearly all these runs buy the same things in the same
way. Within one way of paying, what each person holds and what each project asks of her grow in proportion to the raise:
`_Voters.unchanged_for` reads from these slopes how far nothing can change, and the count jumps there.

**Exactness.** Who pays what is kept as fractions: no rounding ever decides. Floating-point numbers only set aside, with
a wide margin, the projects that cannot be first; those that remain are compared exactly. Ballots that say the same are
handled together, so that a city's votes are counted in seconds.

Levels: the projects funded, then the others by number of approvals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from convention.algorithms import levels
from convention.algorithms.ballots import Box
from convention.algorithms.decision import Completion
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import in_quotes, number, typeset

# Far above what doubles lose in a few hundred additions, far below any difference that matters: what falls inside this
# margin is compared as fractions.
MARGIN = 1e-9


@dataclass(frozen=True)
class Purchase:
    project: str
    cost: Fraction
    supporters: int
    payment: Fraction  # the most that one supporter paid
    effective_votes: Fraction
    paying_all: int  # supporters who paid the whole payment; the others gave what they had left


@dataclass(frozen=True)
class Result:
    levels: levels.Levels
    counts: dict[str, int]  # approvals
    funded: tuple[str, ...]
    spent: Fraction
    budget: Fraction
    share: Fraction  # per person, in the last run
    raises: int  # by how many euros the share was raised
    purchases: tuple[Purchase, ...]
    completed: tuple[str, ...]  # funded from what was left, by number of votes
    tied: tuple[str, ...]  # between which the count stopped

    @property
    def stopped(self) -> bool:
        return bool(self.tied)


@dataclass(frozen=True)
class _Run:
    purchases: tuple[Purchase, ...]
    tied: tuple[str, ...] = ()

    @property
    def projects(self) -> tuple[str, ...]:
        return tuple(purchase.project for purchase in self.purchases)

    @property
    def spent(self) -> Fraction:
        return sum((purchase.cost for purchase in self.purchases), Fraction(0))


def tally(
    box: Box,
    costs: Mapping[str, int | Fraction],
    budget: int | Fraction,
    *,
    completion: Completion = Completion.ADD1,
    stop_when_exhaustive: bool = False,
    tie_order: Sequence[str] | None = None,
) -> Result:
    """From a box of approvals. A ballot that approves nothing is blank: it brings no share.

    Raises `ValueError` if a project has no cost, or a cost or the budget is not positive.
    """
    if budget <= 0 or any(option not in costs or costs[option] <= 0 for option in box.options):
        raise ValueError(_("Il faut un budget et un coût positif pour chaque projet."))
    voters = _Voters.of(box, {option: Fraction(costs[option]) for option in box.options}, tie_order)
    budget = Fraction(budget)
    persons = voters.persons
    share, raises = budget / persons if persons else Fraction(0), 0
    if completion is not Completion.NONE and persons:
        share = Fraction(budget // persons)
    run = voters.run(share)
    while completion is not Completion.NONE and persons and not run.tied:
        if stop_when_exhaustive and not voters.fitting(run.projects, budget - run.spent):
            break
        if set(run.projects) == voters.wanted:
            break
        same = voters.unchanged_for(run, share)
        following = voters.run(share + same + 1)
        if following.spent > budget:
            if same:
                run, share, raises = voters.run(share + same), share + same, raises + same
            break
        run, share, raises = following, share + same + 1, raises + same + 1
    completed: tuple[str, ...] = ()
    tied = run.tied
    if completion is Completion.ADD1_UTILITARIAN and not tied:
        completed, tied = voters.complete(run.projects, budget - run.spent)
    funded = run.projects + completed
    rest = levels.by_value([option for option in box.options if option not in funded], voters.votes.__getitem__)
    return Result(
        levels=((tuple(option for option in box.options if option in funded),) if funded else ()) + rest,
        counts=dict(voters.votes),
        funded=funded,
        spent=sum((voters.costs[option] for option in funded), Fraction(0)),
        budget=budget,
        share=share,
        raises=raises,
        purchases=run.purchases,
        completed=completed,
        tied=tied,
    )


@dataclass(frozen=True, eq=False)
class _Voters:
    """Persons who approve the same projects, grouped: `size[g]` of them approve each project whose groups hold g."""

    size: NDArray[np.int64]
    groups: dict[str, NDArray[np.intp]]
    costs: dict[str, Fraction]
    votes: dict[str, int]
    tie_order: Sequence[str] | None

    @classmethod
    def of(cls, box: Box, costs: dict[str, Fraction], tie_order: Sequence[str] | None) -> "_Voters":
        lines, size = _grouped(box)
        approving = lines.any(axis=1)
        lines, size = lines[approving], size[approving]
        groups = {option: np.flatnonzero(lines[:, place]) for place, option in enumerate(box.options)}
        votes = {option: int(size[members].sum()) for option, members in groups.items()}
        return cls(size, groups, costs, votes, tie_order)

    @property
    def persons(self) -> int:
        return int(self.size.sum())

    @property
    def wanted(self) -> set[str]:
        return {option for option, votes in self.votes.items() if votes}

    def fitting(self, bought: Sequence[str], left: Fraction) -> list[str]:
        return [option for option in self.wanted if option not in bought and self.costs[option] <= left]

    def run(self, share: Fraction) -> _Run:
        """Buy until nobody can, everyone starting from `share`."""
        purses = _Purses(share, self.size)
        # Effective votes only ever fall, for purses only ever empty: what was last found bounds what comes.
        bounds = {option: float(self.votes[option]) for option in self.costs if self.votes[option]}
        purchases: list[Purchase] = []
        while bounds:
            contenders = self._contenders(bounds, purses)
            exact = {}
            for option in contenders:
                payment = purses.payment(self.groups[option], self.costs[option])
                if payment is None:
                    del bounds[option]
                else:
                    exact[option] = payment
            if not exact:
                continue
            effective = {option: self.costs[option] / payment for option, payment in exact.items()}
            option, tied = self._first(effective, purses)
            if tied:
                return _Run(tuple(purchases), tied)
            paying_all = purses.pay(self.groups[option], exact[option])
            purchases.append(
                Purchase(
                    project=option,
                    cost=self.costs[option],
                    supporters=self.votes[option],
                    payment=exact[option],
                    effective_votes=effective[option],
                    paying_all=paying_all,
                )
            )
            del bounds[option]
        return _Run(tuple(purchases))

    def unchanged_for(self, run: _Run, share: Fraction) -> int:
        """For how many further euros of share the same projects are surely bought, by the same payers, in this order.

        A lower bound, 0 whenever two things are too close to be told apart here. With d euros more, a purse holds
        `left + slope · d`. Three things could change what is bought: a supporter of the project bought becomes able
        to pay in full, or unable; a project that nobody could pay for becomes payable; another project comes first.
        For the last, its payment with the same payers in full is never more than its payment with the right ones.
        """
        start = float(share)
        left, slope = np.full(len(self.size), start), np.ones(len(self.size))
        others = self.wanted
        room = float(self.size.sum()) * start  # raises beyond it have been enough for any project
        for purchase in (*run.purchases, None):
            price = change = paid = 0.0
            if purchase is not None:
                others.discard(purchase.project)
                members, paid, price = self.groups[purchase.project], float(purchase.cost), float(purchase.payment)
                gap = left[members] - price
                if np.abs(gap).min() <= MARGIN * start:
                    return 0
                full = gap > 0
                change = -float(np.dot(slope[members[~full]], self.size[members[~full]]))
                change /= int(self.size[members[full]].sum())
                closing = np.where(full, change - slope[members], slope[members] - change)
                room = min(room, _until(np.abs(gap) - MARGIN * start, closing))
            for other in others:
                held, grows = self._held(other, left, slope)
                cost = float(self.costs[other])
                if held < cost * (1 - MARGIN):
                    room = min(room, _until(np.array([cost * (1 - MARGIN) - held]), np.array([grows])))
                elif purchase is None:
                    return 0  # just payable, or just not: only fractions know
                else:
                    asked, falls = self._asked(other, left, slope)
                    if asked is None:
                        return 0
                    ahead, closing_in = paid * asked - cost * price, cost * change - paid * falls
                    if ahead > MARGIN * cost * price:
                        room = min(room, _until(np.array([ahead * (1 - MARGIN)]), np.array([closing_in])))
                    elif change or falls:
                        return 0
                    # Else nobody is short of money for either: each has the votes of its supporters, as it will have.
            if room < 1:
                return 0
            if purchase is not None:
                left[members] = np.where(full, left[members] - price, 0.0)
                slope[members] = np.where(full, slope[members] - change, 0.0)
        return int(room)

    def _held(self, option: str, left: NDArray[np.float64], slope: NDArray[np.float64]) -> tuple[float, float]:
        members = self.groups[option]
        return float(np.dot(left[members], self.size[members])), float(np.dot(slope[members], self.size[members]))

    def _asked(self, option: str, left: NDArray[np.float64], slope: NDArray[np.float64]) -> tuple[float | None, float]:
        """The payment that covers the cost and how it changes with the share, by those who can pay it in full now."""
        members = self.groups[option]
        held, size, cost = left[members], self.size[members], float(self.costs[option])
        full = held > 0
        while full.any():
            payment = (cost - float(np.dot(held[~full], size[~full]))) / int(size[full].sum())
            unable = full & (held < payment)
            if not unable.any():
                return payment, -float(np.dot(slope[members[~full]], size[~full])) / int(size[full].sum())
            full &= ~unable
        return None, 0.0

    def _contenders(self, bounds: dict[str, float], purses: "_Purses") -> list[str]:
        """The projects that may have the most effective votes; those that nobody can pay any more leave `bounds`."""
        best = 0.0
        for option in sorted(bounds, key=bounds.__getitem__, reverse=True):
            if bounds[option] < best * (1 - MARGIN):
                break
            found = purses.about(self.groups[option], float(self.costs[option]))
            if found == 0:
                del bounds[option]
            else:
                bounds[option] = found
                best = max(best, found)
        return [option for option, bound in bounds.items() if bound >= best * (1 - MARGIN)]

    def _first(self, effective: Mapping[str, Fraction], purses: "_Purses") -> tuple[str, tuple[str, ...]]:
        """The project to buy, and those between whom nothing decides."""
        most = max((votes, self.votes[option], -self.costs[option]) for option, votes in effective.items())
        equals = [
            option for option, votes in effective.items() if (votes, self.votes[option], -self.costs[option]) == most
        ]
        equals = [option for option in self.costs if option in equals]
        if len(equals) > 1 and self.tie_order is not None:
            return min(equals, key=self.tie_order.index), ()
        if len(equals) > 1:
            together = np.concatenate([purses.with_money(self.groups[option]) for option in equals])
            if len(np.unique(together)) < len(together):
                return equals[0], tuple(equals)
        return equals[0], ()

    def complete(self, bought: Sequence[str], left: Fraction) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What the money left over buys by number of votes, and the tie that stopped it."""
        completed: tuple[str, ...] = ()
        while fitting := self.fitting((*bought, *completed), left):
            most = max((self.votes[option], -self.costs[option]) for option in fitting)
            equals = [option for option in self.costs if option in fitting]
            equals = [option for option in equals if (self.votes[option], -self.costs[option]) == most]
            if self.tie_order is not None:
                equals = [min(equals, key=self.tie_order.index)]
            if sum(self.costs[option] for option in equals) > left:
                return completed, tuple(equals)
            completed += tuple(equals)
            left -= sum((self.costs[option] for option in equals), Fraction(0))
        return completed, ()


def _until(gap: NDArray[np.float64], closing: NDArray[np.float64]) -> float:
    """How far the smallest of these gaps stays open, each closing by so much per euro."""
    shrinking = closing > 0
    return float(np.min(gap[shrinking] / closing[shrinking], initial=np.inf))


def _grouped(box: Box) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """The different ballots, a line each, and how often each was cast."""
    options = len(box.options)
    packed = np.packbits(box.columns, axis=0)
    if options <= 16:
        keys = packed[0].astype(np.uint16)
        if options > 8:
            keys = (keys << 8) | packed[1]
        cast = np.bincount(keys, minlength=1 << 16) if box.counts is None else _weighted(keys, box.counts)
        kinds = np.flatnonzero(cast)
        bits = np.unpackbits(kinds.astype(">u2").view(np.uint8).reshape(-1, 2), axis=1)
        lines = bits[:, :options] if options > 8 else bits[:, 8 : 8 + options]
        return lines.astype(np.bool_), cast[kinds].astype(np.int64)
    rows = np.ascontiguousarray(packed.T)
    whole = rows.view(np.dtype((np.void, rows.shape[1]))).ravel()
    _kinds, first, back = np.unique(whole, return_index=True, return_inverse=True)
    cast = np.bincount(back) if box.counts is None else _weighted(back, box.counts)
    return np.unpackbits(rows[first], axis=1)[:, :options].astype(np.bool_), cast.astype(np.int64)


def _weighted(keys: NDArray[np.integer], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    cast = np.zeros(int(keys.max(initial=0)) + 1, dtype=np.int64)
    np.add.at(cast, keys, counts)  # whole numbers: bincount's weights would be doubles
    return cast


class _Purses:
    """What is left to each group's members, about (doubles, to look) and exactly (fractions, to decide).

    A member has either paid every payment of her projects in full, and holds the share less their sum, or has given
    all she had, and holds nothing. So the exact purse is read from which payments she made.
    """

    def __init__(self, share: Fraction, size: NDArray[np.int64]) -> None:
        self.share = share
        self.size = size
        self.left = np.full(len(size), float(share))
        self.empty = np.full(len(size), share == 0)
        self.payments: list[tuple[Fraction, NDArray[np.bool_]]] = []

    def with_money(self, members: NDArray[np.intp]) -> NDArray[np.intp]:
        holding: NDArray[np.intp] = members[~self.empty[members]]
        return holding

    def about(self, members: NDArray[np.intp], cost: float) -> float:
        """The effective votes, about; 0 if the members surely cannot pay."""
        if not len(members):
            return 0.0
        left, size = self.left[members], self.size[members]
        total = float(np.dot(left, size))
        if total < cost * (1 - MARGIN):
            return 0.0
        everyone = int(size.sum())
        if float(left.min()) * everyone >= cost:
            return float(everyone)
        order = np.argsort(left)
        left, size = left[order], size[order]
        before = np.concatenate(([0.0], np.cumsum(left * size)[:-1]))
        paying = everyone - np.concatenate(([0], np.cumsum(size)[:-1]))
        payments = (cost - before) / paying
        enough = np.flatnonzero(left >= payments)
        payment = float(payments[enough[0]]) if len(enough) else float(left[-1])
        return cost / payment

    def payment(self, members: NDArray[np.intp], cost: Fraction) -> Fraction | None:
        """The smallest payment that covers the cost, exactly; None if there is none."""
        members = self.with_money(members)
        about = self.about(members, float(cost))
        if not about:
            return None
        # Begin with too many in full, never too few: those found unable leave, and the payment rises to its true value.
        full = self.left[members] >= float(cost) / about - MARGIN * float(self.share)
        while full.any():
            payment = (cost - self._sum(members[~full])) / int(self.size[members[full]].sum())
            unable = full & (self._compared(members, payment) < 0)
            if not unable.any():
                return payment
            full &= ~unable
        return None

    def _sum(self, members: NDArray[np.intp]) -> Fraction:
        """All that these members, none of them empty, hold together."""
        size = self.size[members]
        held = self.share * int(size.sum())
        for payment, payers in self.payments:
            held -= payment * int(size[payers[members]].sum())
        return held

    def _compared(self, members: NDArray[np.intp], payment: Fraction) -> NDArray[np.int8]:
        """For each member (none of them empty): -1 if she holds less than the payment, 0 just that, 1 more."""
        difference = self.left[members] - float(payment)
        compared = np.sign(difference).astype(np.int8)
        unsure = np.flatnonzero(np.abs(difference) <= MARGIN * float(self.share))
        if len(unsure):
            made = np.array([payers[members[unsure]] for _payment, payers in self.payments], dtype=np.bool_)
            patterns, back = np.unique(made.reshape(len(self.payments), len(unsure)), axis=1, return_inverse=True)
            signs = []
            for pattern in patterns.T:
                paid = (paid for (paid, _payers), yes in zip(self.payments, pattern, strict=True) if yes)
                held = self.share - sum(paid, Fraction(0))
                signs.append((held > payment) - (held < payment))
            compared[unsure] = np.array(signs, dtype=np.int8)[back.ravel()]
        return compared

    def pay(self, members: NDArray[np.intp], payment: Fraction) -> int:
        """Take the payment from these members, or all they have; how many paid in full."""
        members = self.with_money(members)
        compared = self._compared(members, payment)
        full = members[compared >= 0]
        payers = np.zeros(len(self.size), dtype=np.bool_)
        payers[full] = True
        self.payments.append((payment, payers))
        self.left[full] -= float(payment)
        emptied = members[compared <= 0]
        self.left[emptied] = 0.0
        self.empty[emptied] = True
        return int(self.size[full].sum())


def explain(result: Result) -> list[str]:
    """The count in sentences: the share, each purchase, what is left."""
    sentences = [
        ngettext(
            "Chaque personne reçoit une part de {share}, après {n} relèvement d’un euro.",
            "Chaque personne reçoit une part de {share}, après {n} relèvements d’un euro.",
            result.raises,
        ).format(share=_euros(result.share), n=number(result.raises))
    ]
    for each in result.purchases:
        supported = ngettext(
            "« {project} », {cost} : {n} soutien", "« {project} », {cost} : {n} soutiens", each.supporters
        )
        # The plural is that of the effective votes, which « one and a half » does not take.
        paid = ngettext(
            " ; chacun paie {payment} au plus, soit {votes} voix effective.",
            " ; chacun paie {payment} au plus, soit {votes} voix effectives.",
            int(each.effective_votes),
        )
        sentences.append(
            supported.format(project=each.project, cost=_euros(each.cost), n=number(each.supporters))
            + paid.format(payment=_euros(each.payment), votes=_shown(each.effective_votes))
        )
    if result.completed:
        sentences.append(
            _("Avec l’argent restant, par nombre de voix : {projects}.").format(projects=_names(result.completed))
        )
    if result.tied:
        sentences.append(
            _("Égalité entre {projects}. Rien ne les départage, le dépouillement s’arrête.").format(
                projects=_names(result.tied)
            )
        )
    sentences.append(
        _("Dépensé : {spent} sur {budget}.").format(spent=_euros(result.spent), budget=_euros(result.budget))
    )
    return sentences


def _names(projects: Sequence[str]) -> str:
    return ", ".join(map(in_quotes, projects))


def _shown(amount: Fraction) -> str:
    """Two decimals, for the reader only."""
    return number(int(amount)) if amount.denominator == 1 else number(float(round(amount, 2)))


def _euros(amount: Fraction) -> str:
    return typeset(_("{cost} €").format(cost=_shown(amount)))
