"""Scenarios that hold parameters of mechanisms that are off, made as a user would have to make them.

A file that sets such a parameter contradicts itself. So the parameters are set with every mechanism on, and in a
second step, which changes nothing else, mechanisms are switched off.
"""

from __future__ import annotations

from sim.scenario import Scenario
from sim.scenario.vocabulary import default_vocabulary

SECOND = ("timeline",)


def in_steps(mapping, **more):
    """Scenario of a mapping (dotted names) whose switches apply after all the rest."""
    first, switches = {}, default_vocabulary().default_switches
    switches = {f"mechanisms.{name}": on for name, on in switches.items()}
    second = {}
    for name, value in mapping.items():
        if name == "mechanisms":
            switches |= {f"mechanisms.{each}": on for each, on in value.items()}
        elif name.startswith("mechanisms."):
            switches[name] = value
        else:
            (second if name in SECOND else first)[name] = value
    everything = Scenario.from_mapping(first | dict.fromkeys(switches, True), **more)
    return everything.replace(switches | second)
