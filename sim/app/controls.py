"""Knobs as Panel shows them: sliders, selections and switches, each with its unit and a tooltip."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import panel as pn

from sim.app.choice import Choice, acting, changed
from sim.app.knobs import Knob, knob, knobs_by_section, label, main_knobs, section_words, shown, tooltip, unit
from sim.app.look import styled
from sim.scenario import Scenario
from sim.scenario.months import format_month
from sim.scenario.values import Value

__all__ = ["Controls"]

_WIDE = {"sizing_mode": "stretch_width"}
_ROW = {**_WIDE, "margin": (0, 0, 10, 0)}
_ADD = "Add another value …"
#: The largest whole number that a browser tells from its neighbours.
_MOST_SEED = 2**53 - 1


class Controls:
    """Every value that can be chosen, and the choice they make together.

    Parameters
    ----------
    scenario : the baseline, whose values the controls begin with.
    on_change : called after each change, so often while a slider is being dragged.
    """

    def __init__(self, scenario: Scenario, on_change: Callable[[], None]) -> None:
        self.scenario, self._on_change, self._silent = scenario, on_change, False
        self.widgets: dict[str, Any] = {}
        self._knobs: dict[str, Knob] = {}
        self._marks: dict[str, Any] = {}
        self._list = pn.Column(sizing_mode="stretch_width", margin=0)
        self._sections: dict[str, Any] = {}
        for one in main_knobs(scenario):
            self._append(one)
        self.add = pn.widgets.Select(label="", groups=self._addable(), value=_ADD, **_ROW)
        self.add.param.watch(self._added, "value")
        self.switches = {
            row.name: pn.widgets.Checkbox(
                label=row.name.replace("_", " "),
                value=scenario.mechanisms[row.name],
                margin=(3, 0, 0, 0),
                width=150,
            )
            for row in scenario.vocabulary.mechanisms.values()
        }
        for switch in self.switches.values():
            switch.param.watch(self._chosen, "value")
        self.seed = pn.widgets.IntInput(
            label="History seed (the luck, in both)",
            value=scenario.history_seed,
            start=0,
            end=max(_MOST_SEED, scenario.history_seed),
            step=1,
            **_ROW,
        )
        self.seed.param.watch(self._chosen, "value")
        self.back = pn.widgets.Button(
            label="Back to the scenario's values",
            sizing_mode="stretch_width",
            margin=(0, 0, 10, 0),
        )
        self.back.on_click(lambda _: self.forget())
        self._mark_all()

    @property
    def choice(self) -> Choice:
        """What is chosen now."""
        return Choice(
            values={name: self._value(name) for name in self.widgets},
            switches={name: bool(switch.value) for name, switch in self.switches.items()},
            history_seed=int(self.seed.value or 0),
        )

    def forget(self) -> None:
        """Put every value and switch back to the scenario's; the luck stays."""
        self._silent = True
        for name, widget in self.widgets.items():
            widget.value = self._knobs[name].value
        for name, switch in self.switches.items():
            switch.value = self.scenario.mechanisms[name]
        self._silent = False
        self._chosen()

    def _mark_all(self) -> None:
        """Show which values differ from the scenario, and let those rest whose mechanism is off."""
        choice = self.choice
        differing, acts = changed(self.scenario, choice), acting(self.scenario, choice)
        for name, mark in self._marks.items():
            row = self._knobs[name].parameter
            rests = row.mechanism is not None and not acts[row.mechanism]
            self.widgets[name].disabled = rests
            mark.object = _heading(self._knobs[name], self._value(name), differs=name in differing, rests=rests)

    def view(self) -> Any:
        """The controls below each other."""
        descriptions = self.scenario.vocabulary.mechanisms
        switches = pn.FlexBox(
            *(
                pn.Row(
                    switch,
                    _tip(f"{descriptions[name].description[0].upper()}{descriptions[name].description[1:]}."),
                )
                for name, switch in self.switches.items()
            ),
            sizing_mode="stretch_width",
            margin=(4, 10),
        )
        folded = pn.Card(
            switches, title="Mechanisms", collapsed=True, sizing_mode="stretch_width", margin=(0, 0, 10, 0)
        )
        return pn.Column(self._list, self.add, folded, self.seed, self.back, sizing_mode="stretch_width", margin=0)

    def _append(self, one: Knob) -> None:
        widget = _widget(one)
        widget.param.watch(self._chosen, "value")
        heading = styled(pn.pane.HTML(_heading(one, one.value), margin=0, sizing_mode="stretch_width"))
        self._knobs[one.name], self.widgets[one.name], self._marks[one.name] = one, widget, heading
        self._section(one.parameter.section).append(
            pn.Column(pn.Row(heading, _tip(tooltip(one)), margin=0, sizing_mode="stretch_width"), widget, **_ROW)
        )

    def _section(self, name: str) -> Any:
        """The part of the list that holds a section's values, made with the first of them."""
        if name not in self._sections:
            words = html.escape(section_words(name))
            heading = styled(pn.pane.HTML(f"<div class='section'>{words}</div>", margin=(6, 0, 6, 0), **_WIDE))
            self._sections[name] = pn.Column(heading, margin=0, **_WIDE)
            self._list.append(self._sections[name])
        return self._sections[name]

    def _added(self, event: Any) -> None:
        if event.new and event.new != _ADD and event.new not in self.widgets:
            self._append(knob(self.scenario, event.new))
            self.add.param.update(groups=self._addable(), value=_ADD)
            self._mark_all()

    def _addable(self) -> dict[str, list[str]]:
        sections = {
            section: [name for name in names if name not in self.widgets]
            for section, names in knobs_by_section(self.scenario)
        }
        return {"": [_ADD], **{section: names for section, names in sections.items() if names}}

    def _chosen(self, _: Any = None) -> None:
        if not self._silent:
            self._mark_all()
            self._on_change()

    def _value(self, name: str) -> Value:
        """The value of a control in the parameter's own type."""
        value, row = self.widgets[name].value, self._knobs[name].parameter
        if row.type == "float":
            return float(value)
        return int(value) if row.type in {"int", "month"} else value


def _widget(one: Knob) -> Any:
    row = one.parameter
    options: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
    options["css_classes"] = [f"knob-{row.name.replace('.', '-')}"]
    if row.type == "bool":
        return pn.widgets.Checkbox(label="yes", value=bool(one.value), **options)
    if row.type == "choice":
        return pn.widgets.Select(label="", options=list(row.choices), value=one.value, **options)
    texts = {format_month(int(stop)) if row.type == "month" else shown(row, stop): stop for stop in one.positions}
    return pn.widgets.DiscreteSlider(label="", options=texts, value=one.value, show_value=False, **options)


def _heading(one: Knob, value: Value, *, differs: bool = False, rests: bool = False) -> str:
    """Words on the left, value and unit on the right."""
    row = one.parameter
    fade = " rests" if rests else ""
    text = "" if row.type in {"bool", "choice"} else html.escape(shown(row, value))
    number = f"<b{' class=changed' if differs else ''}>{text}</b> <small>{html.escape(unit(row))}</small>"
    note = " <small>(its mechanism is off)</small>" if rests else ""
    words = html.escape(label(row))
    return (
        f"<div class='knob{fade}' data-name='{row.name}'><span>{words}{note}</span>"
        f"<span class='value'>{number}</span></div>"
    )


def _tip(text: str) -> Any:
    return pn.widgets.TooltipIcon(value=text, margin=(0, 0, 0, 4))
