r"""The industrial chain: suppliers, packaging and express firms gather where shops of a product are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["chain_sales_factor", "chain_strength", "express_saving", "next_suppliers"]

Array = NDArray[np.float64]


def next_suppliers(
    suppliers: Array, shops_of_product: Array, *, suppliers_per_shop: float, months_to_settle: float
) -> Array:
    r"""Supply firms of a product in a county a month later: they follow the shops, with a lag.

    .. math:: S' = S + (\sigma n - S)(1 - e^{-1/\tau})

    ``suppliers`` :math:`S`, ``shops_of_product`` :math:`n`, (C, P); ``suppliers_per_shop`` :math:`\sigma \ge 0`;
    ``months_to_settle`` :math:`\tau > 0`. Limits: no shops, no suppliers to come; steady shops end with sigma n.
    Pinned by: Baigou's 600 supply shops and 21 express firms beside 15,000 shops (F181-F183), Xinhe's 150
    suppliers beside almost 10,000 (F178, F179), Dongfeng's 3 factories, 15 express firms and 7 computer shops
    (F155-F157).
    """
    out: Array = suppliers + (suppliers_per_shop * shops_of_product - suppliers) * -np.expm1(
        -1.0 / months_to_settle
    )
    return out


def chain_strength(suppliers: Array, *, reference_suppliers: float) -> Array:
    r"""Strength of the chain: :math:`I = \ln(1 + S / S_{ref})`, with ``reference_suppliers`` > 0.

    Limits: no supplier gives 0; it saturates, doubling a large S adds ln 2. The form is an assumption.
    """
    return np.log1p(suppliers / reference_suppliers)


def express_saving(suppliers_of_county: Array, *, reference_suppliers: float, greatest: float) -> Array:
    r"""Share by which express and packaging firms on the spot lower parcel cost: :math:`D S / (S + S_{ref})`.

    ``suppliers_of_county`` :math:`S` of all products (C,), ``greatest`` :math:`D` in [0, 1).
    Limits: no firm gives 0, many give D. Assumption.
    """
    out: Array = greatest * suppliers_of_county / (suppliers_of_county + reference_suppliers)
    return out


def chain_sales_factor(strength: Array, *, sales_elasticity: float) -> Array:
    r"""Factor on sales of shops beside their suppliers: :math:`e^{\epsilon I}`.

    ``strength`` :math:`I \ge 0` of the chain, log (C, P); ``sales_elasticity`` :math:`\epsilon`, dimensionless:
    the factor is :math:`(1 + S / S_{ref})^{\epsilon}`. Limits: no supplier, or an elasticity of 0, gives 1.
    Assumption.
    """
    out: Array = np.exp(sales_elasticity * strength)
    return out
