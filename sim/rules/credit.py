r"""Small loans to those who open shops, to shops that grow, and to partners in lean months."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["credit_sales_factor", "loan_share", "partner_patience"]

Array = NDArray[np.float64]


def loan_share(
    months_since_first: float,
    acting_guidance: Array,
    *,
    bank_share: float,
    months_to_spread: float,
    guided_loans: float,
) -> Array:
    r"""Share of shop owners in a county who can borrow.

    .. math:: K_c = 1 - \bigl(1 - b \min(1, \max(0, m) / M)\bigr)\, e^{-\lambda A_c}

    ========  ==================  ========================  ============
    symbol    name                unit                      range, shape
    ========  ==================  ========================  ============
    m         months_since_first  months                    real
    M         months_to_spread    months                    > 0
    b         bank_share          share                     [0, 1]
    lambda    guided_loans        per unit of guidance      >= 0
    A_c       acting_guidance     strength                  >= 0, (C,)
    K_c       (returned)          share                     [0, 1], (C,)
    ========  ==================  ========================  ============

    Limits: before the first month and without guidance it is 0; b = 1 reaches everybody after M months.
    Pinned by: 180,000 firms with loans (F121) beside a million new farmers in e-commerce (F050); a town's loans of
    30 million yuan to over 400 shops in Xinhe (F175, F176). Assumption: loans
    spread evenly over counties.
    """
    banks = bank_share * min(1.0, max(0.0, months_since_first) / months_to_spread)
    out: Array = 1.0 - (1.0 - banks) * np.exp(-guided_loans * acting_guidance)
    return out


def credit_sales_factor(share: Array, *, sales_gain: float) -> Array:
    r"""Factor on sales of the average shop: :math:`1 + w K_c`, where a shop with a loan sells 1 + w times as much.

    ``share`` :math:`K_c` in [0, 1] (C,), ``sales_gain`` :math:`w \ge 0`. Limits: nobody borrows gives 1.
    """
    out: Array = 1.0 + sales_gain * share
    return out


def partner_patience(share: Array, *, patience_months: float, loan_months: float) -> Array:
    r"""Lean months in a row after which a partner leaves: :math:`P_c = P + M K_c`.

    ``share`` :math:`K_c` in [0, 1] of those in the county who can borrow (C,), ``patience_months`` :math:`P > 0`
    without loans, ``loan_months`` :math:`M \ge 0` that a loan carries a partner. Limits: nobody borrows, or M = 0,
    gives P; where everybody can borrow it is P + M. Partners can borrow as shop owners can, and the mean over them
    stands for each (assumption). Source: over 2 million rural e-business people served, 180,000 firms with loans
    (F120, F121); M is an assumption.
    """
    out: Array = patience_months + loan_months * share
    return out
