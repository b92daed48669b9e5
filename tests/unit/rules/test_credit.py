"""Small loans by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.credit import credit_sales_factor, loan_share, partner_patience

LOANS = {"bank_share": 0.2, "months_to_spread": 10.0, "guided_loans": 0.5}


@pytest.mark.parametrize(("months", "share"), [(-3, 0.0), (0, 0.0), (5, 0.1), (10, 0.2), (99, 0.2)])
def test_banks_reach_their_share_in_a_line(months, share):
    assert loan_share(months, np.zeros(2), **LOANS) == pytest.approx([share, share])


def test_governments_arrange_loans_for_those_whom_banks_leave_out():
    assert loan_share(99, np.array([2.0]), **LOANS) == pytest.approx([1 - 0.8 * np.exp(-1)])
    assert loan_share(99, np.array([1e6]), **LOANS) == pytest.approx([1.0])
    assert loan_share(99, np.array([2.0]), **LOANS | {"guided_loans": 0.0}) == pytest.approx([0.2])


def test_sales_rise_with_the_share_who_borrow():
    assert credit_sales_factor(np.array([0.0, 0.5, 1.0]), sales_gain=0.4) == pytest.approx([1.0, 1.2, 1.4])


def test_loans_carry_partners_through_lean_months():
    share = np.array([0.0, 0.25, 1.0])
    assert partner_patience(share, patience_months=6, loan_months=12).tolist() == [6.0, 9.0, 18.0]
    assert partner_patience(share, patience_months=6, loan_months=0).tolist() == [6.0, 6.0, 6.0]
