"""Examples that the help of each command ends with; a test reads every one with the command's own parser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["EXAMPLES", "EXIT_STATUS", "epilog", "shown_whole"]

#: What rich, which draws the help, would take for a tag of its own, as in .[dev]. Loading rich to ask takes 30 ms.
_TAG: Final = re.compile(r"\[(?=[a-z#/@][^\[]*])")

#: The end of a line within a paragraph of a docstring; typer keeps it in all paragraphs but the first.
_LINE_END: Final = re.compile(r"(?<=\S)\n(?=\S)")

#: What the shell is told at the end of a command.
EXIT_STATUS: Final[Mapping[int, str]] = {
    0: "all went well; a reader that stopped early (| head) included",
    1: "something failed: a run broke off, a folder is taken or cannot be written, --strict missed an expectation",
    2: "a mistake of the asker: a scenario, option, name or folder that cannot be; nothing was run",
    130: "interrupted with Ctrl-C; experiments keep their finished runs for --resume",
}

#: Command -> command line and what it does, in the order of a first acquaintance.
EXAMPLES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "run": (
        ("hinterland run scenarios/cao-county.yaml", "one history: tables, figures, comparison"),
        (
            "hinterland run scenarios/cao-county.yaml --seed 2 --set logistics.parcel_cost=7",
            "other luck, other value",
        ),
        ("hinterland run scenarios/cao-county.yaml --replicates 20", "medians and intervals over 20 histories"),
        ("hinterland run scenarios/cao-county.yaml --json --no-figures", "for a program: one JSON document"),
    ),
    "app": (
        ("hinterland app scenarios/zhejiang.yaml", "sliders, maps and curves in the browser"),
        ("hinterland app scenarios/cao-county.yaml --no-browser --port 8080", "on a machine without a browser"),
    ),
    "sweep": (
        (
            "hinterland sweep scenarios/teaching-village.yaml --vary adoption.imitation=0.05,0.1 --replicates 4",
            "a grid of values",
        ),
        (
            "hinterland sweep scenarios/cao-county.yaml --lhs 20 --vary logistics.parcel_cost=6:12",
            "a Latin hypercube",
        ),
        (
            "hinterland sweep scenarios/cao-county.yaml --point 'logistics.parcel_cost=7;mechanisms.exit=false'",
            "points of your own, one an option",
        ),
        (
            "hinterland sweep scenarios/sweep-parcel-cost-training.yaml --resume",
            "the file's own sweep, gone on with",
        ),
    ),
    "compare": (
        (
            "hinterland compare scenarios/cao-county.yaml logistics.parcel_cost=7 --replicates 8",
            "one value changed",
        ),
        (
            "hinterland compare scenarios/cao-county.yaml 'mechanisms.training=false;mechanisms.programme=false'",
            "several at once",
        ),
        (
            "hinterland compare scenarios/china-2015.yaml scenarios/no-rural-taobao.yaml --replicates 4",
            "another file, all of China",
        ),
    ),
    "policies": (
        ("hinterland policies --tried-in 371721,321322 --replicates 3", "all that ship, in two counties"),
        (
            "hinterland policies scenarios/no-training.yaml --replicates 4 --strict",
            "one; status 1 if it does not hold",
        ),
    ),
    "sensitivity": (
        (
            "hinterland sensitivity scenarios/cao-county.yaml --parameter adoption.imitation=0.02:0.05 --size 4",
            "one range, few trajectories",
        ),
        ("hinterland sensitivity scenarios/cao-county.yaml --method sobol --outcome shops", "shares of variance"),
    ),
    "calibrate": (
        ("hinterland calibrate scenarios/china-2015.yaml --quick", "a first look, a quarter of an hour"),
        ("hinterland calibrate scenarios/china-2015.yaml --resume", "go on after an interruption"),
    ),
    "validate": (
        ("hinterland validate scenarios/zhejiang.yaml --replicates 10", "beside the facts, report.html"),
        ("hinterland validate scenarios/china-2015.yaml --observed list_2016.csv --year 2016", "by a later list"),
    ),
    "explain": (
        ("hinterland explain 丁楼村", "the newest run if it has it, else its county alone"),
        ("hinterland explain 'Dongfeng, Suining' --seed 3 --figure dongfeng.png", "with other luck, drawn"),
        ("hinterland explain 7 --scenario scenarios/teaching-village.yaml", "a village of an invented world"),
    ),
    "attribute": (
        ("hinterland attribute scenarios/cao-county.yaml --outcome shops --replicates 4", "each mechanism alone"),
        (
            "hinterland attribute scenarios/cao-county.yaml --shapley --mechanism logistics --mechanism training",
            "shares that sum to one",
        ),
    ),
    "report": (("hinterland report runs/cao-county-0", "one HTML file for people"),),
    "diagnose": (("hinterland diagnose runs/cao-county-0", "how a finished run diffused"),),
    "accept-code": (("hinterland accept-code runs/cao-county-ensemble", "then go on with --resume"),),
    "scenario check": (
        ("hinterland scenario check scenarios/zhejiang.yaml", "ok, or every mistake with file:line:column"),
        ("hinterland scenario check scenarios/zhejiang.yaml scenarios/xinhe.yaml --json", "for a program"),
    ),
    "scenario show": (
        ("hinterland scenario show scenarios/china-2015.yaml", "every value, its unit and its source"),
        ("hinterland scenario show scenarios/china-2015.yaml | grep logistics", "one section"),
    ),
    "scenario diff": (("hinterland scenario diff scenarios/china-2015.yaml scenarios/no-training.yaml", ""),),
    "scenario list": (
        ("hinterland scenario list", "the folder scenarios"),
        ("hinterland scenario list --json", "for a program"),
    ),
    "scenario schema": (("hinterland scenario schema --out scenario.schema.json", "for an editor"),),
}


def epilog(command: str) -> str:
    """The end of a command's help: its examples, a paragraph each (typer joins lines within one)."""
    lines = [f"{line}   # {words}" if words else line for line, words in EXAMPLES[command]]
    return shown_whole("\n\n".join(["Examples:" if len(lines) > 1 else "Example:", *lines]))


def shown_whole(text: str) -> str:
    r"""Text for a help page, of which rich shows every sign and breaks lines where the screen ends.

    >>> print(shown_whole("pip install '.[dev]';\n[5, 9]"))
    pip install '.\[dev]'; [5, 9]
    """
    return _LINE_END.sub(" ", _TAG.sub(r"\[", text))
