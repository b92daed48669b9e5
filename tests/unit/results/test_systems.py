"""What mechanisms fill is recorded where they are on, and only there; villages in poor counties are counted."""

from __future__ import annotations

import numpy as np

import sim
from sim.scenario import Scenario

SMALL = {
    "start": "2013-01",
    "end": "2014-12",
    "region": {"synthetic": {"villages": 20, "households_per_village": 40, "towns": 4, "counties": 2}},
    "world.synthetic_pioneers": 3,
    "pioneers.last_year": 2013,
    "pioneers.first_year": 2013,
    "adoption.imitation": 0.2,
    "programme.first_month": "2013-03",
    "programme.first_counties": 2,
    "recognition.sales_min_yuan": 1e5,
    "consumption.outside_income": 0.0,
    "migration.goods_midpoint": -3.0,
}
COUNTY = {"guidance", "acting_guidance", "loan_share", "suppliers", "buyer_share"}
VILLAGE = {"incomers", "station_orders"}


def small(**changes):
    return Scenario.from_mapping(SMALL | {name.replace("__", "."): value for name, value in changes.items()})


def everything(on):
    return {f"mechanisms__{name}": on for name in ("guidance", "credit", "chain", "migration", "consumption")}


def test_mechanisms_that_are_off_have_no_columns():
    result = sim.run(small())
    assert not COUNTY & set(result.columns("counties"))
    assert not VILLAGE & set(result.columns("villages"))


def test_mechanisms_that_are_on_have_columns_that_move_and_survive_a_folder(tmp_path):
    result = sim.run(small(**everything(True)))
    kept = sim.load_result(result.save(tmp_path / "run"))
    for name in COUNTY:
        values = kept.columns("counties")[name]
        assert np.unique(values).size > 2, name
        assert np.array_equal(values, result.columns("counties")[name])
    for name in VILLAGE:
        assert kept.columns("villages")[name].max() > 0, name


def test_a_mechanism_switched_on_later_has_its_column_from_the_start():
    result = sim.run(small(timeline=[{"from": "2014-01", "switch": {"credit": True}}], credit__bank_share=0.5))
    share = result.columns("counties")["loan_share"].reshape(24, 2)
    assert not share[:12].any()
    assert (share[12:] > 0).all()


def test_taobao_villages_in_poor_counties_are_counted():
    easy = {"recognition.sales_min_yuan": 0, "recognition.shops_min": 1, "pioneers.shops": 20}
    # Heqing, Yunnan, is on the national list; Yiwu, Zhejiang, is not.
    base = {"start": "2014-01", "end": "2015-12", "pioneers.placement": "known"} | easy
    poor = sim.run(Scenario.from_mapping(base | {"region": {"counties": [532932]}}))
    rich = sim.run(Scenario.from_mapping(base | {"region": {"counties": [330782]}}))
    assert poor.columns("villages")["recognised"].any()
    assert rich.columns("villages")["recognised"].any()
    assert (poor.poverty["simulated"] > 0).all()
    assert not rich.poverty["simulated"].any()
    assert poor.poverty["observed"].isna().all()  # the lists' counts are those of all of China


def test_invented_worlds_have_no_poor_counties():
    assert not sim.run(small()).poverty["simulated"].any()


def test_shops_that_sell_lift_households_up_to_the_poor_among_their_owners():
    poor, rich = (sim.run(small(poverty__poor_share=0.5, market__yearly_sales=sales)) for sales in (1e3, 1e8))
    shops = rich.national["shops"].to_numpy()[-1]
    assert poor.poverty["households_lifted"].iloc[-1] < 0.1 * shops
    assert abs(rich.poverty["households_lifted"].iloc[-1] - 0.5 * shops) < 0.01 * shops
    nobody = sim.run(small(poverty__poor_share=0.0, market__yearly_sales=1e8))
    assert not nobody.poverty["households_lifted"].any()
