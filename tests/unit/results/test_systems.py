"""What mechanisms fill is recorded where they are on, and only there; villages in poor counties are counted."""

from __future__ import annotations

import numpy as np

import sim
from sim.scenario import Scenario
from tests.in_steps import in_steps

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
    "migration.merchant_rate": 0.2,
    "migration.shop_share": 0.5,
}
NATION = {"orders_per_station_and_day", "singles_day_turnover_yuan", "applicants"}
COUNTY = {"guidance", "acting_guidance", "loan_share", "suppliers", "buyer_share"}
VILLAGE = {"incomers", "incoming_shops", "station_orders"}


def small(**changes):
    return in_steps(SMALL | {name.replace("__", "."): value for name, value in changes.items()})


def everything(on):
    return {f"mechanisms__{name}": on for name in ("guidance", "credit", "chain", "migration", "consumption")}


def test_mechanisms_that_are_off_have_no_columns():
    result = sim.run(small())
    assert not NATION & set(result.columns("national"))
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
    december = kept.villages.query("year == 2014")
    assert kept.national["incoming_shops"].iloc[-1] == december["incoming_shops"].sum()


def test_a_mechanism_switched_on_later_has_its_column_from_the_start():
    result = sim.run(small(timeline=[{"from": "2014-01", "switch": {"credit": True}}], credit__bank_share=0.5))
    share = result.columns("counties")["loan_share"].reshape(24, 2)
    assert not share[:12].any()
    assert (share[12:] > 0).all()


def test_without_the_programme_nothing_is_sorted_and_no_column_says_so():
    away = {"programme", "consumption", "migration"}
    rest = {name: value for name, value in SMALL.items() if name.partition(".")[0] not in away}
    result = sim.run(Scenario.from_mapping(rest | {"mechanisms.programme": False}))
    assert "parcels_sorted" not in result.columns("counties")
    assert not {"parcels_sorted", "highest_partner_income_yuan"} & set(result.columns("national"))


def test_what_stations_do_is_recorded():
    second = {"programme.second_model_month": "2013-02", "consumption.applicants": 10.0}
    result = sim.run(small(**everything(True)).replace(second))
    nation, counties = result.columns("national"), result.columns("counties")
    stations, november = nation["stations"], np.arange(24) % 12 == 10
    there = stations > 0
    assert not there[0]
    assert there[-1]
    # Orders of a mean day, and on 11 November as many as on 17 other days, of 200 yuan each.
    orders = nation["orders_per_station_and_day"]
    assert np.isnan(orders[~there]).all()
    assert (orders[there] > 0).all()
    day = (orders * 30 * stations / 46 * 17 * 200)[november]
    np.testing.assert_allclose(nation["singles_day_turnover_yuan"][november], day)
    assert np.isnan(nation["singles_day_turnover_yuan"][~november]).all()
    # Nobody leaves (outside income 0): ten applicants for each 2.0 partner there is.
    assert nation["applicants"].tolist() == (10 * nation["partners_2_0"]).tolist()
    assert nation["applicants"][-1] > 0
    assert (nation["highest_partner_income_yuan"][there] >= nation["mean_partner_income_yuan"][there]).all()
    assert np.isnan(nation["highest_partner_income_yuan"][~there]).all()
    # Centers sort what is ordered at stations and what their villages send, and no more.
    handled = counties["parcels_sorted"].reshape(24, 2).sum(axis=1)
    np.testing.assert_allclose(handled, nation["parcels_sorted"], rtol=1e-6)
    assert not handled[~there].any()
    ordered = np.nan_to_num(orders) * 30 * stations
    assert (handled >= ordered * (1 - 1e-6)).all()
    assert (handled <= (ordered + nation["parcels"]) * (1 + 1e-6)).all()
    assert (handled > ordered)[there].any()


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
