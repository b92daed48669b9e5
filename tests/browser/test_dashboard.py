"""The dashboard in a real browser: it loads offline, a slider moves, months pass, reset keeps what was chosen."""

from __future__ import annotations

import re

import pytest

SLIDER = ".knob-logistics-parcel_cost .noUi-handle"
VALUE = ".knob[data-name='logistics.parcel_cost'] .value b"


def month(seen):
    return seen.page.locator(".month").inner_text()


def row(seen, words):
    """Baseline, changed policy and difference of a row of the table."""
    cells = seen.page.locator(f"table.numbers tr:has(th:text-matches('^{words}')) td").all_inner_texts()
    return cells[:3]


def wait_for_month(seen, text):
    seen.page.wait_for_function(
        """text => {
            const find = root => root.querySelector('.month') || [...root.querySelectorAll('*')]
                .filter(each => each.shadowRoot).map(each => find(each.shadowRoot)).find(Boolean)
            return find(document)?.textContent === text
        }""",
        arg=text,
    )


def click(seen, name):
    seen.page.get_by_role("button", name=name, exact=True).click()


def test_it_loads_without_a_network_and_without_complaints(seen):
    assert any(url.startswith("ws://") for url in seen.requests)
    assert seen.foreign == []
    assert seen.complaints == []
    assert seen.page.locator("h1").inner_text() == "A teaching world of 40 villages"
    assert month(seen) == "2015-12"
    assert row(seen, "active shops")[0] == row(seen, "active shops")[1] != ""
    assert seen.page.locator("canvas").count() >= 4  # two maps, two curves


def make_parcels_cheaper(seen):
    """Eight steps of the slider, and the results of what is chosen then."""
    handle = seen.page.locator(SLIDER)
    handle.focus()
    for _ in range(8):
        handle.press("ArrowLeft")
    seen.page.locator(".choice", has_text="logistics.parcel_cost 10 → 9.2 yuan per parcel").wait_for()
    seen.page.get_by_text("computed in").wait_for()


def test_a_slider_moves_the_changed_policy_alone_and_months_step_play_and_are_reset(fresh):
    # One page from beginning to end: to load it and wait for its first results takes longest.
    before = row(fresh, "active shops")
    make_parcels_cheaper(fresh)
    baseline, policy, _ = row(fresh, "active shops")
    assert baseline == before[0]
    assert int(policy.replace(",", "")) > int(baseline.replace(",", ""))  # cheaper parcels
    assert fresh.page.locator(VALUE).inner_text() == "9.2"
    click(fresh, "Reset")
    wait_for_month(fresh, "2009-01")
    assert fresh.page.locator(VALUE).inner_text() == "9.2"
    first = row(fresh, "mean parcel cost")
    for _ in range(3):
        click(fresh, "Step ›")
    wait_for_month(fresh, "2009-04")
    later = row(fresh, "mean parcel cost")
    assert first[0] != later[0]
    assert first[1] != later[1]
    assert later[0] != later[1]
    play_passes_months_and_pause_holds_them(fresh)


def play_passes_months_and_pause_holds_them(fresh):
    click(fresh, "Reset")
    wait_for_month(fresh, "2009-01")
    start = month(fresh)
    click(fresh, "▶ Play")
    wait_for_month(fresh, "2009-07")
    click(fresh, "❚❚ Pause")
    fresh.page.get_by_role("button", name="▶ Play", exact=True).wait_for()
    held = month(fresh)
    assert start < held < "2015-12", "held, not come to its end"
    fresh.page.wait_for_timeout(600)
    assert month(fresh) == held


def test_a_village_has_its_story_in_both_runs(seen):
    story = seen.page.locator(".story")
    story.get_by_text("How it began").wait_for()
    field = seen.page.get_by_label(re.compile("^Village"))
    field.fill("7")
    field.press("Enter")
    story.locator("h4", has_text=re.compile(r"Town \d+ 8, County 1")).wait_for()
    assert story.locator("img").count() == 1


@pytest.mark.parametrize(("width", "name"), [(1360, "dashboard.png"), (420, "dashboard-narrow.png")])
def test_it_fits_the_window(seen, artefacts, width, name):
    seen.page.set_viewport_size({"width": width, "height": 900})
    seen.page.wait_for_timeout(500)
    seen.page.screenshot(path=artefacts / name, full_page=True)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert (artefacts / name).stat().st_size > 50_000
