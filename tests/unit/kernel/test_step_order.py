"""The table of stages says what a month does, in the order in which it does it."""

from __future__ import annotations

from sim.kernel import STEP_ORDER, Simulation, month

#: The function behind each stage; settings are adopted only where they change.
STAGES = {
    "buyers": ("programme", "run_buyers"),
    "programme": ("programme", "run_programme"),
    "guidance": ("government", "run_guidance"),
    "credit": ("government", "run_credit"),
    "chain": ("cluster", "run_chain"),
    "migration": ("cluster", "run_migration"),
    "logistics": ("conditions", "run_logistics"),
    "training": ("conditions", "run_training"),
    "crowding": ("conditions", "run_crowding"),
    "clocks": ("conditions", "run_clocks"),
    "openings": ("shops", "openings"),
    "closings": ("shops", "closings"),
    "shops": ("shops", "take_effect"),
    "influence": ("influence", "influence"),
    "awareness": ("awareness", "run_awareness"),
    "market": ("trade", "run_market"),
    "recognition": ("trade", "run_recognition"),
}


def test_a_month_runs_the_stages_in_the_order_of_the_table(busy, monkeypatch):
    called = []
    for stage, (module, name) in STAGES.items():
        owner = getattr(month, module)
        original = getattr(owner, name)

        def wrapped(*args, _stage=stage, _original=original):
            called.append(_stage)
            return _original(*args)

        monkeypatch.setattr(owner, name, wrapped)
    Simulation(*busy()).step()
    order = [stage for stage, _ in STEP_ORDER if stage != "settings"]
    once = [stage for place, stage in enumerate(called) if called[:place].count(stage) == 0]
    assert once == order
    assert called.count("influence") == 2  # openings, then closings
