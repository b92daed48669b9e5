"""The page without a browser: what its controls do to what it shows."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

import sim
from sim.app import village
from sim.app.growth import GrowthCurves
from sim.app.maps import PairOfMaps
from sim.app.months import Months
from sim.app.page import Dashboard, _seconds
from sim.app.running import ResultShelf
from sim.app.stories import Told
from sim.errors import RunError

PATIENCE = 600.0  # a loaded machine may take long


def settle(page):
    """Let time pass for the page until nothing goes on in the background."""
    until = time.monotonic() + PATIENCE
    while page.is_busy:
        assert time.monotonic() < until
        page.tick()
        time.sleep(0.005)
    return page


@pytest.fixture(scope="module")
def only_page(small):
    return settle(Dashboard(small, file="small.yaml", shelf=ResultShelf()))


@pytest.fixture
def page(only_page, small, monkeypatch):
    """The page as it was when it had opened; figures of stories are drawn in one test only."""
    page = only_page
    monkeypatch.setattr(village, "tell", lambda result, place, hanzi: Told(f"{result} {place} {hanzi}", b""))
    page.parts.at_once.value = False
    page.controls.seed.value = small.history_seed
    page.controls.forget()
    page.compute()
    settle(page)
    page.parts.at_once.value = True
    page.bar.slider.value = small.n_months - 1
    return page


def move(page, name, value):
    """As a reader does."""
    page.controls.widgets[name].value = value


def shops(page, side):
    return page.results[side].columns("national")["shops"][page.clock.month]


def test_it_is_there_before_its_first_run_and_says_how_far_that_is(small, monkeypatch):
    monkeypatch.setattr(village, "tell", lambda *_, **__: Told("", b""))
    may_begin = threading.Event()

    class Slow(ResultShelf):
        def run(self, scenario, report):
            report(3, 28)
            assert may_begin.wait(PATIENCE)
            return super().run(scenario, report)

    page = Dashboard(small, shelf=Slow())
    while "month 3 of 28" not in page.parts.difference.object:
        page.tick()
        time.sleep(0.005)
    assert page.parts.progress.value == round(100 * 3 / small.n_months)
    assert page.parts.progress.visible
    assert page.results is None
    assert "2009-03" in page.bar.label.object
    may_begin.set()
    settle(page)
    assert "first run" not in page.parts.difference.object
    assert not page.parts.progress.visible


def test_it_says_computed_once_everything_else_is_shown(small):
    """A browser applies changes one by one: whoever reads the word must find the results there."""
    page = Dashboard(small, shelf=ResultShelf())
    told = []

    def look(change):
        if change.new.startswith("computed in"):
            places = (*page.parts.maps, *page.parts.curves)
            figures = [place.object for place in places]
            told.append((page.bar.label.object, page.parts.numbers.object, page.parts.difference.object, figures))

    page.parts.status.param.watch(look, "object")
    settle(page)
    ((label, numbers, difference, figures),) = told
    assert "2011-06" in label
    assert "active shops" in numbers
    assert "nothing yet" in difference
    for figure in figures:
        assert lacking(figure) == []
    assert figures[3].renderers[-1].data_source.data["x"].size == small.n_months  # what has happened by then


def lacking(figure):
    """Fields that glyphs read and their sources do not have; a browser complains of each."""
    drawn = [each for each in figure.renderers if hasattr(each, "glyph") and hasattr(each, "data_source")]
    return [
        (name, value.field)
        for each in drawn
        for name, value in each.glyph.properties_with_values().items()
        if getattr(value, "field", None) is not None and value.field not in each.data_source.data
    ]


def test_figures_read_nothing_that_is_not_there_yet(result, units):
    months = Months(result, units)
    maps = PairOfMaps(months, months, hanzi=False, on_pick=lambda _: None)
    for figure in (*GrowthCurves(months, months).figures, *maps.figures):
        assert lacking(figure) == []


def test_a_moved_slider_ends_the_word_computed_before_the_choice_is_told(page):
    told = []
    page.parts.difference.param.watch(lambda _: told.append(page.parts.status.object), "object")
    move(page, "logistics.parcel_cost", 6.0)
    assert told[0] == "changed; running soon"
    settle(page)


def test_a_first_run_that_fails_is_no_longer_waited_for(small):
    class Failing(ResultShelf):
        def run(self, *_):
            raise RunError("too many shops")

    page = settle(Dashboard(small, shelf=Failing()))
    assert "too many shops" in page.parts.problem.object
    assert "first run" not in page.parts.difference.object


def test_it_begins_with_the_scenario_at_its_last_month(page, small):
    assert page.results[0] is page.results[1]
    assert page.results[0].scenario == small
    assert page.clock.month == small.n_months - 1
    assert "2011-06" in page.bar.label.object
    assert "nothing yet" in page.parts.difference.object


def test_a_moved_slider_changes_the_policy_and_not_the_baseline(page):
    before = page.parts.numbers.object
    move(page, "logistics.parcel_cost", 5.0)
    assert "10 → <b>5</b> yuan per parcel" in page.parts.difference.object
    assert "changed" in page.controls._marks["logistics.parcel_cost"].object
    settle(page)
    baseline, policy = page.results
    assert baseline.scenario.values["logistics.parcel_cost"] == 10
    assert policy.scenario.values["logistics.parcel_cost"] == 5
    assert baseline.scenario.history_seed == policy.scenario.history_seed
    assert shops(page, 1) > shops(page, 0)
    assert page.parts.numbers.object != before
    assert f"<td class='changed'>{shops(page, 1):,}</td>" in page.parts.numbers.object


def test_the_seconds_told_are_those_of_the_new_run():
    first, second, third = (SimpleNamespace(provenance={"seconds": {"total": s}}) for s in (9.0, 1.0, 2.0))
    assert _seconds((first, first), ()) == 9.0
    assert _seconds((first, second), (first, first)) == 1.0  # the first of all also loads what is compiled
    assert _seconds((second, third), (first, first)) == 2.0
    assert _seconds((first, second), (first, second)) == 9.0


def test_what_is_moved_again_before_it_is_run_is_run_once(page):
    for cost in (9.0, 8.0, 5.0):
        move(page, "logistics.parcel_cost", cost)
        page.tick()
    assert page._job is None
    settle(page)
    assert page.results[1].scenario.values["logistics.parcel_cost"] == 5.0


def test_months_pass_and_reset_keeps_what_was_chosen(page):
    move(page, "logistics.parcel_cost", 5.0)
    settle(page)
    results = page.results
    page.bar.reset.clicks += 1
    assert (page.clock.month, page.bar.slider.value) == (0, 0)
    first = page.parts.numbers.object
    page.bar.on.clicks += 1
    page.bar.on.clicks += 1
    page.bar.back.clicks += 1
    assert page.clock.month == 1
    assert "2009-04" in page.bar.label.object
    assert page.parts.numbers.object != first
    page.bar.slider.value = 20
    assert page.clock.month == 20
    page.bar.to_first()
    assert page.controls.choice.values["logistics.parcel_cost"] == 5.0
    assert page.results is results


def test_play_passes_months_at_its_speed(page):
    page.bar.to_first()
    page.bar.speed.value = 4
    page.bar.play.clicks += 1
    assert "Pause" in page.bar.play.label
    for _ in range(6):  # 0.6 s
        page.tick()
    assert page.clock.month == 2
    page.bar.play.clicks += 1
    page.tick()
    assert "Play" in page.bar.play.label
    assert page.clock.month == 2


def test_a_browser_that_repeats_what_it_was_told_does_not_end_the_play(page):
    """Seen in JupyterLab: the slider's month came back when the clock was further on."""
    page.bar.to_first()
    page.bar.play.clicks += 1
    for _ in range(9):  # 0.9 s, three months
        page.tick()
    assert page.clock.month == 3
    page.bar.slider.value = 2
    assert page.clock.is_playing
    assert page.clock.month == 3
    page.bar.slider.value = 20
    assert not page.clock.is_playing
    assert page.clock.month == 20


def test_another_seed_changes_both(page):
    page.controls.seed.value = 8
    settle(page)
    assert [result.scenario.history_seed for result in page.results] == [8, 8]


def test_a_seed_is_one_that_a_browser_writes_whole(page, small):
    seed = page.controls.seed
    assert (seed.start, seed.end) == (0, 2**53 - 1)
    far = Dashboard(small.replace({"history_seed": 2**60}), shelf=ResultShelf())
    assert far.controls.choice.history_seed == 2**60
    far.close()


def test_one_history_is_not_called_several(page):
    assert "the same run in the shell: <code>hinterland run small.yaml</code>" in page.parts.difference.object
    page.controls.seed.value = 8
    assert "<code>hinterland run small.yaml --seed 8</code>" in page.parts.difference.object
    move(page, "logistics.parcel_cost", 5.0)
    assert "over several histories: <code>hinterland compare small.yaml" in page.parts.difference.object
    settle(page)


def test_a_mechanism_is_switched_and_its_values_rest(page):
    fastest = page.controls.widgets["exit.monthly_rate"].values[-1]
    move(page, "exit.monthly_rate", fastest)
    settle(page)
    assert page.results[1].scenario.values["exit.monthly_rate"] == fastest > 0.02
    page.controls.switches["exit"].value = False
    settle(page)
    policy = page.results[1].scenario
    assert policy.mechanisms["exit"] is False
    assert page.controls.widgets["exit.monthly_rate"].disabled
    assert page.results[1].columns("closings")["month"].size == 0


def test_a_contradiction_is_told_and_what_was_shown_stays(page):
    results = page.results
    page.controls.switches["skynet"].value = True
    settle(page)
    assert "guidance" in page.parts.problem.object
    assert page.parts.problem.visible
    assert page.results is results
    assert page.parts.status.object == "not run: the values contradict each other"  # no longer "running soon"
    page.controls.switches["skynet"].value = False
    settle(page)
    assert not page.parts.problem.visible


def test_back_to_the_scenarios_values(page, small):
    move(page, "logistics.parcel_cost", 5.0)
    page.controls.switches["exit"].value = False
    page.controls.forget()
    settle(page)
    assert page.results[1].scenario == small
    assert page.results[0] is page.results[1]


def test_a_value_can_be_added(page):
    page.controls.add.value = "market.novice_share"
    assert "market.novice_share" in page.controls.widgets
    assert "market.novice_share" not in str(page.controls.add.groups)
    move(page, "market.novice_share", 0.6)
    settle(page)
    assert page.results[1].scenario.values["market.novice_share"] == 0.6


def test_a_long_run_waits_for_the_button(page):
    page.parts.at_once.value = False
    results = page.results
    move(page, "logistics.parcel_cost", 5.0)
    settle(page)
    assert page.results is results
    assert "not computed yet" in page.parts.difference.object
    page.parts.compute.clicks += 1
    settle(page)
    assert page.results is not results
    assert "not computed yet" not in page.parts.difference.object


def test_a_place_on_the_map_tells_its_story(page, monkeypatch):
    monkeypatch.undo()
    page._pick(5)
    settle(page)
    told = page.village.story.object
    assert "Simulated: small" in told
    assert "<img alt=" in told
    page.village.picker.value = "nowhere at all"
    assert "no village of this world" in page.village.story.object


def test_a_village_is_chosen_by_name_or_number_and_told_from_either_run(page):
    page.village.picker.value = "2"
    settle(page)
    assert " 2 False" in page.village.story.object
    page.village.picker.value = page.village.picker.options[1]
    assert f" {list(page.village._offered.values())[1]} False" in settle(page).village.story.object
    move(page, "logistics.parcel_cost", 5.0)
    dear, cheap = settle(page).results
    assert f"{cheap} " in page.village.story.object
    page.village.run.value = "baseline"
    assert f"{dear} " in settle(page).village.story.object
    page.village.run.value = "changed policy"
    settle(page)


def test_a_story_is_of_the_village_named_above_it(page):
    page.village.picker.value = page.village.picker.options[1]
    settle(page)
    name, story = page.village.picker.value, page.village.story.object
    page.village.picker.value = "nowhere at all"
    assert "no village of this world" in page.village.story.object
    page.village.run.value = "baseline"
    assert settle(page).village.story.object == story
    assert page.village.picker.value == name
    page.village.run.value = "changed policy"
    settle(page)


def test_names_follow_what_the_browser_can_show(page):
    page.hanzi.shown = True
    assert " True" in settle(page).village.story.object
    page.hanzi.shown = False
    settle(page)


def test_the_notebook_gets_the_same_page(small):
    page = settle(sim.dashboard(small, seed=4))
    assert page.results[0].scenario.history_seed == 4
    assert "2011-06" in page.bar.label.object
    assert page.__panel__() is not None
