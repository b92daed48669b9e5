r"""Whom an opening came from: the shares of its possible sources in the hazard of its month."""

from __future__ import annotations

__all__ = ["own_initiative_share", "tie_strength"]


def own_initiative_share(own_initiative, imitation, imitated):  # type: ignore[no-untyped-def]
    r"""Probability that an opening came from own initiative and not from the acquaintances who sell.

    .. math:: P(\text{own}) = \frac{\alpha_v}{\alpha_v + \beta\, g(s_i, n_i)}, \qquad
              P(j) = \bigl(1 - P(\text{own})\bigr) \frac{\omega_j}{\sum_l \omega_l}

    ========  ====================  =========  ============
    symbol    name                  unit       range
    ========  ====================  =========  ============
    alpha_v   own_initiative        per month  >= 0
    beta      imitation             per month  >= 0
    g         imitated              share      [0, 1]
    omega_j   see ``tie_strength``  weight     >= 0
    ========  ====================  =========  ============

    The hazard of a month is a sum of hazards, one a source, all multiplied by the same village and household
    factors; given that the first event of such a superposition falls in the month, its source is drawn in
    proportion to the hazards (competing risks). Exact for the model, since hazards are constant within a month.
    Limits: nobody who sells, or no imitation, gives 1; no own initiative gives 0 as soon as somebody is imitated;
    without any hazard nothing opens, and 1 is returned. Written for scalars, for the compiled search. Source:
    superposition of Poisson processes (Kingman, Poisson Processes, 1993, section 2.3).
    """
    from_others = imitation * imitated
    if from_others <= 0.0:
        return 1.0
    return own_initiative / (own_initiative + from_others)


def tie_strength(weight, threshold_sellers):  # type: ignore[no-untyped-def]
    r"""What one tie to an acquaintance who sells counts among all of them: :math:`\omega`.

    .. math:: \omega = w_k \ \text{(linear)}, \qquad \omega = 1[w_k > 0] \ \text{(threshold)}

    ``weight`` :math:`w_k \ge 0` of the tie's kind, dimensionless; ``threshold_sellers`` 0 under the linear rule.
    Under the linear rule each tie adds its weight to the share that is imitated; under the threshold rule every
    tie that counts towards the threshold counts alike. An acquaintance tied twice has the sum of both. Limits: a
    weight of 0 gives 0 under both rules.
    """
    if threshold_sellers <= 0:
        return weight
    return 1.0 if weight > 0.0 else 0.0
