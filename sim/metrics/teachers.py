"""The most likely teacher of every shop: own initiative, or an acquaintance who sold when it opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled, inlined
from sim.metrics.selling import Spells, selling_spell
from sim.rules import adoption, genealogy
from sim.world.graph import TIE_KINDS, AcquaintanceGraph, acquaintances_of

__all__ = ["NOT_KNOWN", "OWN_INITIATIVE", "PIONEER", "SOURCES", "MonthlyLaw", "Teachers", "find_teachers"]

#: What an opening may come from, in the order of the codes of :class:`Teachers`.
SOURCES = ("own initiative", *TIE_KINDS, "pioneer", "not known")
OWN_INITIATIVE, PIONEER, NOT_KNOWN = 0, len(TIE_KINDS) + 1, len(TIE_KINDS) + 2
_N_KINDS = len(TIE_KINDS)

_weighted_share = inlined(adoption.weighted_share)
_imitation_share = inlined(adoption.imitation_share)
_own_share = inlined(genealogy.own_initiative_share)
_tie_strength = inlined(genealogy.tie_strength)


class MonthlyLaw(NamedTuple):
    """The law of adoption in each month of a run, (M,) each, ``weights`` (M, 5).

    ``threshold_sellers`` is 0 under the linear rule; ``is_personal`` says whether the rule is one of imitating
    persons, so that there is a teacher to be found.
    """

    own_initiative: NDArray[np.float64]
    imitation: NDArray[np.float64]
    threshold_sellers: NDArray[np.int64]
    weights: NDArray[np.float64]
    is_personal: NDArray[np.bool_]


class Openings(NamedTuple):
    """Openings in the order of months (n,): household number, its village, month, whether a pioneer opened."""

    household: NDArray[np.int64]
    village: NDArray[np.int64]
    month: NDArray[np.int64]
    pioneer: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Teachers:
    """Where each opening came from, (n,) in the order of the openings.

    ``teacher`` row of the opening that taught it, -1 for none; ``source`` index into ``SOURCES``; ``probability``
    that it came from there, 1 for pioneers, nan where it is not known; ``shares`` (n, 6) probability of own
    initiative and of each kind of tie, zero for pioneers, nan where not known; ``generation`` 0 for those without
    a teacher, else one more than the teacher's.
    """

    teacher: NDArray[np.int64]
    source: NDArray[np.int8]
    probability: NDArray[np.float32]
    shares: NDArray[np.float32]
    generation: NDArray[np.int32]


def find_teachers(
    openings: Openings, spells: Spells, graph: AcquaintanceGraph, rooting: NDArray[np.float64], law: MonthlyLaw
) -> Teachers:
    r"""The most likely source of every opening, given who sold in its month.

    The parts of own initiative and of each kind of tie in the month's hazard are those of
    ``sim.rules.genealogy``. The source is the greatest of them; own initiative comes before a tie of equal part.
    Among the acquaintances of that kind (of all kinds whose parts are equally great) the teacher is the one with
    the greatest part of its own, among equals the one who has sold longest, then the lowest household number.

    Parameters
    ----------
    openings : in the order of months. spells : of the same openings, from ``selling_spells``.
    graph : who knows whom. rooting : (V,) factor on the village's own initiative. law : by month.
    """
    n = openings.household.size
    out = Teachers(
        teacher=np.full(n, -1, np.int64),
        source=np.zeros(n, np.int8),
        probability=np.ones(n, np.float32),
        shares=np.zeros((n, 1 + _N_KINDS), np.float32),
        generation=np.zeros(n, np.int32),
    )
    room = graph.max_degree
    near = (np.empty(room, np.int64), np.empty(room, np.int8), np.empty(room, np.int64))
    totals = np.empty(_N_KINDS)
    _find(openings, spells, graph.columns, rooting, law, near, totals, *vars(out).values())
    return out


@compiled
def _find(  # type: ignore[no-untyped-def]
    openings, spells, graph, rooting, law, near, totals, teacher, source, probability, shares, generation
):
    neighbour, kinds, _ = near
    for i in range(openings.household.size):
        month, village = openings.month[i], openings.village[i]
        if openings.pioneer[i]:
            source[i] = PIONEER
            continue
        if not law.is_personal[month]:
            source[i] = NOT_KNOWN
            probability[i] = np.nan
            shares[i, :] = np.nan
            continue
        n = acquaintances_of(openings.household[i], village, graph, neighbour, kinds)
        strength = _sellers(n, near, spells, month, law, totals)
        own = _own_part(n, near, month, law, law.own_initiative[month] * rooting[village])
        shares[i, 0] = own
        greatest, best = own, OWN_INITIATIVE
        for kind in range(_N_KINDS):
            part = (1.0 - own) * totals[kind] / strength if strength > 0.0 else 0.0
            shares[i, 1 + kind] = part
            if part > greatest:
                greatest, best = part, 1 + kind
        if best == OWN_INITIATIVE:
            probability[i] = own
            continue
        found, part, kind = _teacher(n, near, spells, month, law, totals, totals[best - 1])
        teacher[i] = spells.event[found]
        source[i] = 1 + kind
        probability[i] = (1.0 - own) * part / strength
        generation[i] = generation[teacher[i]] + 1


@inlined
def _sellers(n, near, spells, month, law, totals):  # type: ignore[no-untyped-def]
    """Find the acquaintances who sell; write their strength by kind and return the sum."""
    neighbour, kinds, spell = near
    totals[:] = 0.0
    strength = 0.0
    for j in range(n):
        spell[j] = selling_spell(neighbour[j], month, spells)
        if spell[j] >= 0:
            one = _tie_strength(law.weights[month, kinds[j]], law.threshold_sellers[month])
            totals[kinds[j]] += one
            strength += one
    return strength


@inlined
def _own_part(n, near, month, law, own):  # type: ignore[no-untyped-def]
    """Probability of own initiative, by the rule of imitation in force."""
    _, kinds, spell = near
    weight_of_all, weighted, sellers = 0.0, 0.0, 0
    for j in range(n):
        weight = law.weights[month, kinds[j]]
        weight_of_all += weight
        if spell[j] >= 0 and weight > 0.0:
            weighted += weight
            sellers += 1
    share = _weighted_share(weighted, weight_of_all)
    imitated = _imitation_share(share, sellers, law.threshold_sellers[month])
    return _own_share(own, law.imitation[month], imitated)


@inlined
def _teacher(n, near, spells, month, law, totals, greatest):  # type: ignore[no-untyped-def]
    """Spell, strength and kind of tie of the teacher, among the acquaintances of the kinds with most strength."""
    neighbour, kinds, spell = near
    found, found_kind, found_part = np.int64(-1), np.int64(-1), -1.0
    for j in range(n):
        if spell[j] < 0 or totals[kinds[j]] < greatest:
            continue
        part = 0.0
        for other in range(n):  # a pair may be tied more than once
            if neighbour[other] == neighbour[j]:
                part += _tie_strength(law.weights[month, kinds[other]], law.threshold_sellers[month])
        since, before = spells.opened[spell[j]], spells.opened[found]
        is_longer = part == found_part and since < before
        is_lower = part == found_part and since == before and neighbour[j] < spells.household[found]
        if found < 0 or part > found_part or is_longer or is_lower:
            found, found_kind, found_part = spell[j], np.int64(kinds[j]), part
    return found, found_part, found_kind
