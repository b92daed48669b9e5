"""Play, step, reset."""

from __future__ import annotations

from sim.app.clock import Clock


def test_steps_stay_within_the_run():
    clock = Clock(3)
    clock.step(-1)
    assert clock.month == 0
    for _ in range(5):
        clock.step()
    assert clock.month == clock.last == 2


def test_play_goes_on_to_the_last_month_and_stops_there():
    clock = Clock(3)
    clock.play()
    clock.tick()
    assert (clock.month, clock.is_playing) == (1, True)
    clock.tick()
    assert (clock.month, clock.is_playing) == (2, False)
    clock.tick()
    assert clock.month == 2


def test_play_at_the_end_begins_anew_and_pause_holds():
    clock = Clock(3, month=2)
    clock.play()
    assert (clock.month, clock.is_playing) == (0, True)
    clock.pause()
    clock.tick()
    assert clock.month == 0


def test_a_step_stops_and_reset_goes_to_the_first():
    clock = Clock(5, month=3, is_playing=True)
    clock.step()
    assert (clock.month, clock.is_playing) == (4, False)
    clock.play()
    clock.tick()
    clock.reset()
    assert (clock.month, clock.is_playing) == (0, False)


def test_a_run_of_one_month_does_not_play():
    clock = Clock(1)
    clock.play()
    assert not clock.is_playing
