"""One month of the model: the stages in their order.

Everything is synchronous: the stages before ``openings`` read the shops of the month before, and what opens or
closes in a month influences acquaintances from the next month on.
"""

from __future__ import annotations

from sim.kernel import awareness, cluster, conditions, government, influence, programme, shops, trade
from sim.kernel.run import MonthEvents, Run

__all__ = ["STEP_ORDER", "MonthEvents", "Simulation"]

#: The stages of a month, in their order, and what each reads and writes.
STEP_ORDER: tuple[tuple[str, str], ...] = (
    (
        "settings",
        "parameters and switches of the month; a changed law settles and reschedules every household",
    ),
    ("buyers", "households that buy online"),
    ("programme", "county centers, stations, orders; partners earn, from last month's sales too, and leave"),
    ("guidance", "governments react to the villages of the last count; agreements"),
    ("credit", "who can borrow"),
    ("chain", "suppliers follow last month's shops"),
    ("migration", "merchants and youth come to villages, and leave"),
    ("logistics", "parcel cost, from last month's parcels and the stations there are"),
    ("training", "stock of skill, from partners, centers and governments"),
    ("crowding", "shops of one product in one county, as of last month, and brands against it"),
    ("clocks", "village clocks go on by exp(eta); thresholds within reach are looked for"),
    ("openings", "households whose accumulated hazard reaches their threshold, and pioneers"),
    ("closings", "closing clocks go on; shops whose closing threshold is reached"),
    ("shops", "openings and closings take effect; a village whose first shop opens settles on its product"),
    ("influence", "acquaintances learn of them, with effect from next month"),
    ("awareness", "under the information rule, who knows from next month on"),
    ("market", "sales, experience, parcels"),
    ("recognition", "in December, Taobao villages"),
)


class Simulation(Run):
    """A run that can be stepped month by month.

    Parameters
    ----------
    scenario : what is simulated.
    world : the scenario's world, from ``build_world``.
    """

    def step(self) -> MonthEvents:
        """Simulate one month, in the order of ``STEP_ORDER``, and return what opened and closed in it."""
        settings = self.scenario.settings(self.month)
        if settings is not self.settings:
            self.adopt(settings)
        programme.run_buyers(self)
        programme.run_programme(self)
        government.run_guidance(self)
        government.run_credit(self)
        cluster.run_chain(self)
        cluster.run_migration(self)
        conditions.run_logistics(self)
        conditions.run_training(self)
        conditions.run_crowding(self)
        conditions.run_clocks(self)
        opened = shops.openings(self)
        closed = shops.closings(self)
        recorded = shops.take_effect(self, opened, closed)
        influence.tell(self, recorded)
        awareness.run_awareness(self)
        trade.run_market(self)
        trade.run_recognition(self)
        self.months_done += 1
        return recorded
