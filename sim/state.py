"""What changes in a run: named columns over villages and counties, and the invariants they keep."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sim.errors import RunError
from sim.world import World

__all__ = [
    "MONTHS_OF_SALES",
    "NEVER",
    "CountyState",
    "State",
    "VillageState",
    "check_invariants",
    "new_state",
]

Floats = NDArray[np.float64]

#: Marks a month that has not come: no station, no center, never recognised.
NEVER = -1
#: Online sales count over the last twelve months.
MONTHS_OF_SALES = 12


@dataclass
class VillageState:
    """Columns over villages, (V,) each.

    ``base`` lasting log multiplier; ``shops`` active; ``shop_size`` and ``novice_size`` sums over active shops
    (``sim.rules.market``); ``sales_yuan`` of the last month; ``sales_by_month`` (12, V) of the last twelve;
    ``parcel_cost_yuan``; ``training_stock``; ``crowding`` of its product in its county; ``station_since`` run
    month or -1; ``partner_model`` 0, 1 or 2; ``partner_skill`` in [0, 1]; ``partner_income_yuan`` of the last
    month; ``recognised`` at the last count; ``recognised_since`` run month of the first count or -1; ``incomers``
    for each registered household; ``station_orders`` of the last month; ``poor_months`` a partner has earned too
    little, in a row; ``vacant_months`` until a station whose partner left may open again; ``partners_so_far`` that
    a station has had; ``awareness`` share of households that know of selling online (information rule);
    ``product`` index of what its shops sell; ``selling_since`` run month of its first shop or -1;
    ``merchants``, those of the incomers who came to trade, for each registered household; ``incoming_shops``
    that they run, beside ``shops``, which are those of the households.
    """

    base: Floats
    shops: NDArray[np.int32]
    shop_size: Floats
    novice_size: Floats
    sales_yuan: Floats
    sales_by_month: NDArray[np.float32]
    parcel_cost_yuan: Floats
    training_stock: Floats
    crowding: Floats
    station_since: NDArray[np.int16]
    partner_model: NDArray[np.int8]
    partner_skill: Floats
    partner_income_yuan: Floats
    recognised: NDArray[np.bool_]
    recognised_since: NDArray[np.int16]
    incomers: Floats
    station_orders: Floats
    poor_months: NDArray[np.int16]
    vacant_months: NDArray[np.int16]
    partners_so_far: NDArray[np.int16]
    awareness: Floats
    product: NDArray[np.int8]
    selling_since: NDArray[np.int16]
    merchants: Floats
    incoming_shops: NDArray[np.int32]

    def online_sales_yuan(self, part: slice = slice(None)) -> Floats:
        """Sales of the last twelve months, yuan, of all villages (V,) or of some that stand together."""
        return np.asarray(self.sales_by_month[:, part].sum(axis=0, dtype=np.float64))

    def active_shops(self) -> NDArray[np.int32]:
        """Shops of the households and of incoming merchants, (V,)."""
        return self.shops + self.incoming_shops


@dataclass
class CountyState:
    """Columns over counties, (C,) each, or (C, P) with a column for each product.

    ``parcels`` sent last month; ``center_since`` run month of the county center or -1; ``guidance`` strength and
    ``acting_guidance``, what of it finds shops to act on; ``signed_since`` run month of the government's agreement
    or -1; ``loan_share`` of shop owners who can borrow; ``buyer_share`` of households that buy online;
    ``suppliers`` (C, P) firms; ``branding`` (C, P) share of crowding it relieves.
    """

    parcels: Floats
    center_since: NDArray[np.int16]
    guidance: Floats
    acting_guidance: Floats
    signed_since: NDArray[np.int16]
    loan_share: Floats
    buyer_share: Floats
    suppliers: Floats
    branding: Floats


@dataclass
class State:
    """The columns of one run at the end of a month."""

    villages: VillageState
    counties: CountyState


def new_state(world: World, base: Floats) -> State:
    """State before the first month: no shop, no station, nothing sold."""
    n = world.n_villages
    villages = VillageState(
        base=base,
        shops=np.zeros(n, np.int32),
        shop_size=np.zeros(n),
        novice_size=np.zeros(n),
        sales_yuan=np.zeros(n),
        sales_by_month=np.zeros((MONTHS_OF_SALES, n), np.float32),
        parcel_cost_yuan=np.zeros(n),
        training_stock=np.zeros(n),
        crowding=np.zeros(n),
        station_since=np.full(n, NEVER, np.int16),
        partner_model=np.zeros(n, np.int8),
        partner_skill=np.zeros(n),
        partner_income_yuan=np.zeros(n),
        recognised=np.zeros(n, bool),
        recognised_since=np.full(n, NEVER, np.int16),
        incomers=np.zeros(n),
        station_orders=np.zeros(n),
        poor_months=np.zeros(n, np.int16),
        vacant_months=np.zeros(n, np.int16),
        partners_so_far=np.zeros(n, np.int16),
        awareness=np.zeros(n),
        product=world.villages.product.copy(),
        selling_since=np.full(n, NEVER, np.int16),
        merchants=np.zeros(n),
        incoming_shops=np.zeros(n, np.int32),
    )
    return State(villages, _new_counties(world))


def _new_counties(world: World) -> CountyState:
    n, by_product = world.n_counties, (world.n_counties, len(world.products))
    return CountyState(
        parcels=np.zeros(n),
        center_since=np.full(n, NEVER, np.int16),
        guidance=np.zeros(n),
        acting_guidance=np.zeros(n),
        signed_since=np.full(n, NEVER, np.int16),
        loan_share=np.zeros(n),
        buyer_share=np.zeros(n),
        suppliers=np.zeros(by_product),
        branding=np.zeros(by_product),
    )


def check_invariants(state: State, world: World) -> None:
    """Refuse a state that cannot be.

    Raises
    ------
    RunError : a column is not finite, a count is negative, a village has more shops than households, a share is
        none, or a product or the month of the first shop is missing.
    """
    villages = state.villages
    for column in fields(villages):
        values = getattr(villages, column.name)
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            bad = int(np.flatnonzero(~np.isfinite(values).reshape(-1, world.n_villages).all(axis=0))[0])
            message = f"{column.name} of village {bad} is not a finite number"
            raise RunError(message)
    wrong = (villages.shops < 0) | (villages.shops > world.villages.households)
    if wrong.any():
        bad = int(np.flatnonzero(wrong)[0])
        shops, households = int(villages.shops[bad]), int(world.villages.households[bad])
        message = f"village {bad} has {shops} shops and {households} households"
        raise RunError(message)
    if (villages.shop_size < -1e-6).any() or (villages.novice_size > villages.shop_size + 1e-6).any():
        message = "shop sizes do not add up: experience exceeds the shops there are"
        raise RunError(message)
    wrong = (villages.awareness < 0.0) | (villages.awareness > 1.0)
    if wrong.any():
        bad = int(np.flatnonzero(wrong)[0])
        message = f"awareness of village {bad} is {villages.awareness[bad]:g}, allowed is a share from 0 to 1"
        raise RunError(message)
    wrong = (villages.product < 0) | (villages.product >= len(world.products))
    if wrong.any():
        bad = int(np.flatnonzero(wrong)[0])
        message = f"product of village {bad} is {villages.product[bad]}, allowed is 0 to {len(world.products) - 1}"
        raise RunError(message)
    wrong = (villages.shops > 0) & (villages.selling_since == NEVER)
    if wrong.any():
        message = f"village {int(np.flatnonzero(wrong)[0])} has shops and no month in which the first opened"
        raise RunError(message)
    most = np.minimum(villages.merchants, villages.incomers + 1e-9) * world.villages.households
    wrong = (villages.incoming_shops < 0) | (villages.incoming_shops > most + 1e-9)
    if wrong.any():
        bad = int(np.flatnonzero(wrong)[0])
        message = f"village {bad} has {villages.incoming_shops[bad]} shops of {most[bad]:g} incoming merchants"
        raise RunError(message)
