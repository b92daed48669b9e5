"""The start of a run: pioneers' dates and places, the order of the roll-out, base and rooting."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel import Simulation
from sim.kernel.initial import draw_pioneers, roll_out, starting_base
from sim.rules.programme import centers_open, stations_open
from sim.scenario import Scenario
from sim.scenario.months import parse_month
from sim.world import build_world


def real(**changes):
    """Suining and Cao County: villages of the list of 2014, some of them with a known date."""
    base = {"start": "2009-01", "end": "2015-12", "region": {"counties": [320324, 371721]}}
    scenario = Scenario.from_mapping(base | {name.replace("__", "."): value for name, value in changes.items()})
    return scenario, build_world(scenario)


def pioneers_of(scenario, world, history_seed=0):
    return draw_pioneers(world, scenario.settings(scenario.start), history_seed)


def test_known_pioneers_begin_in_their_year_and_others_between_the_given_years():
    scenario, world = real()
    drawn = pioneers_of(scenario, world)
    known = world.villages.pioneer_year[drawn.village]
    assert (known > 0).any()
    assert (known == 0).any()
    assert (drawn.month[known > 0] == 12 * known[known > 0] + 6).all()
    other = drawn.month[known == 0]
    first, last = scenario.values["pioneers.first_year"], scenario.values["pioneers.last_year"]
    assert (other >= 12 * first).all()
    assert (other <= 12 * last).all()


def test_unknown_dates_follow_the_given_years_and_the_seed():
    scenario, world = real(pioneers__first_year=2010.5, pioneers__last_year=2010.5)
    drawn = pioneers_of(scenario, world)
    assert set(drawn.month[world.villages.pioneer_year[drawn.village] == 0].tolist()) == {12 * 2010 + 6}
    scenario, world = real()
    assert pioneers_of(scenario, world, 1).month.tolist() != pioneers_of(scenario, world, 0).month.tolist()
    assert pioneers_of(scenario, world, 0).local.tolist() == pioneers_of(scenario, world, 0).local.tolist()


@pytest.mark.parametrize("shops", [0, 1, 5, 500])
def test_a_group_of_pioneers_stands_together_on_the_ring(shops):
    scenario, world = real(pioneers__shops=shops)
    drawn = pioneers_of(scenario, world)
    for village in np.flatnonzero(world.villages.listed):
        group = drawn.local[drawn.village == village]
        size = int(world.villages.households[village])
        assert group.size == min(shops, size)
        assert np.unique(group).size == group.size
        assert ((np.diff(group) == 1) | (np.diff(group) == 1 - size)).all()
        assert ((group >= 0) & (group < size)).all()


@pytest.mark.parametrize("placement", ["listed_2014", "known", "none"])
def test_which_villages_get_a_pioneer(placement):
    scenario, world = real(pioneers__placement=placement)
    chosen = {
        "listed_2014": world.villages.listed,
        "known": world.villages.pioneer_year > 0,
        "none": np.zeros(world.n_villages, bool),
    }[placement]
    assert set(pioneers_of(scenario, world).village.tolist()) == set(np.flatnonzero(chosen).tolist())
    assert chosen.any() == (placement != "none")


def test_pioneers_open_in_their_month_and_those_before_the_start_in_the_first(busy):
    scenario, world = busy(pioneers__first_year=2011, pioneers__last_year=2013, adoption__own_initiative=0.0)
    run = Simulation(scenario, world)
    due = np.maximum(run.pioneers.month, scenario.start) - scenario.start
    assert (due == 0).any()
    assert (due > 0).any()
    planned = list(zip(due.tolist(), run.pioneers.village.tolist(), run.pioneers.local.tolist(), strict=True))
    opened = {}
    for month in range(24):
        events = run.step()
        for village, local in zip(events.village.tolist(), events.local.tolist(), strict=True):
            opened.setdefault((village, local), month)
    # imitation may be faster than the calendar, never slower
    assert all(opened[village, local] <= month for month, village, local in planned)
    assert sum(opened[village, local] == month for month, village, local in planned) > len(planned) / 2


def test_the_roll_out_ranks_counties_and_villages_once_each():
    scenario, world = real()
    settings = scenario.settings(scenario.start)
    base, _ = starting_base(world, settings)
    order = roll_out(world, settings, base, 0)
    assert sorted(order.county_rank.tolist()) == list(range(world.n_counties))
    for county in range(world.n_counties):
        ranks = order.village_rank[world.villages.county == county]
        assert sorted(ranks.tolist()) == list(range(ranks.size))
    assert ((order.partner_skill > 0) & (order.partner_skill < 1)).all()
    # larger villages come first on average: rank falls with size
    assert np.corrcoef(order.village_rank, np.log(world.villages.households))[0, 1] < -0.1


@pytest.mark.parametrize(("weight", "rank"), [(5.0, 0), (-5.0, 2)])
def test_weight_of_the_base_brings_strong_counties_forward(busy, weight, rank):
    scenario, world = busy(programme__base_weight=weight)
    strong = np.where(world.villages.county == 1, 50.0, 0.0)
    order = roll_out(world, scenario.settings(scenario.start), strong, 0)
    assert order.county_rank[1] == rank


def test_centers_and_stations_open_by_the_rule_month_by_month(busy):
    scenario, world = busy(
        programme__first_month="2012-04",
        programme__first_counties=1,
        programme__counties_per_month=0.25,
        programme__stations_per_county=12,
        programme__months_to_fill=8,
        programme__second_model_month="2012-10",
    )
    run, section = Simulation(scenario, world), scenario.settings(scenario.start).programme
    opened = np.full(world.n_counties, -1)
    for month in range(24):
        run.step()
        since = scenario.start + month - parse_month("2012-04")
        n_open = min(centers_open(since, first=1, counties_per_month=0.25), world.n_counties)
        centers = run.state.counties.center_since
        assert (centers >= 0).sum() == n_open
        assert set(run.roll_out.county_rank[centers >= 0].tolist()) == set(range(n_open))
        opened = np.where((opened < 0) & (centers >= 0), month, opened)
        assert centers.tolist() == opened.tolist()
        expected = stations_open(
            np.where(opened < 0, -1.0, month - opened),
            world.villages_in_county.astype(float),
            stations_per_county=section.stations_per_county,
            months_to_fill=section.months_to_fill,
        )
        with_station = run.state.villages.station_since >= 0
        assert np.bincount(world.villages.county[with_station], minlength=3).tolist() == expected.tolist()
    since, model = run.state.villages.station_since, run.state.villages.partner_model
    assert model.tolist() == np.where(since < 0, 0, np.where(since >= 9, 2, 1)).tolist()
    assert set(model.tolist()) == {0, 1, 2}
    assert (run.state.villages.partner_income_yuan[since >= 0] > 0).all()


def test_switched_off_the_programme_opens_nothing(busy):
    run = Simulation(*busy(programme__first_month="2012-01", mechanisms={"programme": False}))
    for _ in range(12):
        run.step()
    assert (run.state.counties.center_since < 0).all()
    assert (run.state.villages.station_since < 0).all()
    assert not run.state.villages.partner_income_yuan.any()


def test_base_and_rooting_share_out_industry():
    scenario, world = real(base__county_sd=0, base__town_sd=0, base__village_sd=0)
    full, rooting = starting_base(world, scenario.settings(scenario.start))
    plain = scenario.replace({f"base.{name}": 0 for name in ("manufacturing", "trade", "potential")})
    plain = plain.replace({f"base.{name}": 0 for name in ("schooling", "incomers", "hub_distance")})
    revealed, one = starting_base(world, plain.settings(plain.start))
    assert one.tolist() == [1.0] * world.n_villages
    listed = world.villages.listed
    assert revealed[listed].min() > revealed[~listed].mean()
    # base beyond what is revealed, times rooting, is the whole of industry: the same in all villages of a county
    whole = full - revealed + np.log(rooting)
    for county in range(world.n_counties):
        assert np.ptp(whole[world.villages.county == county]) < 1e-9
    assert abs(whole).max() > 0.1
