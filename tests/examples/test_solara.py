"""The example of ``docs/solara.md``, run as it stands there: Mesa's own browser view steps the model."""

from __future__ import annotations

import re

import pytest

MARK = re.compile(r"<!-- solara-example -->\s*```python\n(.*?)```", re.DOTALL)
NOT_INSTALLED = "solara is not installed: pip install -e '.[dev,solara]'"


@pytest.mark.filterwarnings("ignore")  # of solara and its parts
def test_the_example_shows_sliders_and_steps_the_model(repository, monkeypatch):
    solara = pytest.importorskip("solara", reason=NOT_INSTALLED)
    vuetify = pytest.importorskip("ipyvuetify", reason=NOT_INSTALLED)
    monkeypatch.chdir(repository)
    text = (repository / "docs" / "solara.md").read_text(encoding="utf-8")
    example = {}
    exec(compile(MARK.search(text).group(1), "docs/solara.md", "exec"), example)
    _, shown = solara.render(solara.AppLayout(children=[example["page"]]), handle_error=False)
    labels = [slider.label for slider in shown.find(vuetify.Slider).widgets]
    assert labels[-2:] == ["Parcel cost, yuan", "Imitation, 1/month"]
    (step,) = [button for button in shown.find(vuetify.Btn).widgets if button.children == ["Step"]]
    step.click()
    step.click()
    assert example["model"].month == "2009-02"
    shown.close()
