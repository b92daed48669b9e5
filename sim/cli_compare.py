"""``hinterland compare``: policies beside a base, the same villages and the same luck."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_complete import policy_words, scenario_files, within
from sim.cli_options import Options, VarySeeds, with_options
from sim.cli_outcomes import finish, short, write_figures
from sim.cli_terminal import changes, console, mistake, plain_failures, print_json, rows_of
from sim.errors import ScenarioError, counted

if TYPE_CHECKING:
    from sim.experiments.compare import ComparisonResult

__all__ = ["compare"]


@with_options(without={"settings"})
def compare(
    base: Annotated[
        Path, typer.Argument(metavar="BASE", help="Scenario file.", autocompletion=within(scenario_files))
    ],
    policies: Annotated[
        list[str],
        typer.Argument(
            metavar="POLICY...",
            help="Scenario files, or changes of the base: NAME=VALUE[;NAME=VALUE].",
            autocompletion=policy_words,
        ),
    ],
    *,
    replicates: Annotated[int, typer.Option("--replicates", metavar="N", help="Pairs of runs.")] = 32,
    cost: Annotated[
        list[str] | None,
        typer.Option("--cost", metavar="POLICY=YUAN", help="What a policy costs more, not what files say."),
    ] = None,
    vary_seeds: VarySeeds = "history",
    how: Options,
) -> None:
    """Compare policies with a base: the same villages, the same luck, differences with intervals.

    A policy is another scenario file, or changes such as logistics.parcel_cost=7;mechanisms.training=false
    (in quotes). Without --out the folder is runs/NAME-compare; more replicates join it with --resume.
    """
    from sim.experiments.compare import compare as run_compare
    from sim.plotting import ComparisonPlots

    with plain_failures():
        first = how.load(base)
        given = [_policy(text) for text in policies]
        folder = how.folder(f"{first.name}-compare")
        costs = _costs(cost or [])
        words: dict[str, Any] = {"replicates": replicates, "vary_seeds": vary_seeds, "costs": costs}
        result = run_compare(first, *given, **words, **how.conditions(folder))
        if not how.no_figures:
            write_figures(ComparisonPlots(result).pngs(), folder)
    if how.as_json:
        print_json(rows_of(result.table))
    elif not how.quiet:
        _print_comparison(result)
    finish(folder, result.failures, quiet=how.quiet, as_json=how.as_json, dataset=result.dataset)


def _policy(text: str) -> Path | dict[str, Any]:
    """A scenario file, or changes of the base."""
    if "=" not in text or _is_there(text):
        return Path(text)
    return changes(text.split(";"), None, None, given_as="POLICY")


def _is_there(text: str) -> bool:
    try:
        return Path(text).exists()
    except OSError:  # several changes are longer than a name of a file may be
        return False


def _costs(texts: list[str]) -> dict[str, float]:
    """Yuan by policy, whose own name may hold an equals sign."""
    costs, problems = {}, []
    for text in texts:
        name, _, yuan = text.rpartition("=")
        try:
            costs[name.strip()] = float(yuan)
        except ValueError:
            problems.append(mistake(f"--cost {text}: found no yuan", "write --cost no-training=5e6"))
    if problems:
        raise ScenarioError(problems)
    return costs


def _print_comparison(result: ComparisonResult) -> None:
    from rich import box
    from rich.table import Table

    scenario = result.scenario
    pairs = counted(result.n_replicates, "pair")
    title = f"{scenario.title or scenario.name}, {result.year}: {pairs} on the same seeds"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    table.add_column("")
    words = ("base", "policy", "difference [95 %]", "better in", "more pairs\nneeded", "variance\nreduced")
    for word in words:
        table.add_column(word, justify="right")
    months = result.months
    for policy in result.policies:
        table.add_row(policy, style="bold")
        for row in result.table[result.table["policy"] == policy].to_dict("records"):
            table.add_row(row["meaning"], *_compared_cells(row))
        for row in months[months["policy"] == policy].to_dict("records"):
            gained = "" if row["months_gained"] != row["months_gained"] else _signed(row, "months_gained")
            table.add_row(f"months gained in {row['in']}", "", "", gained)
    console().print(table)
    _print_costs(result)
    if len(result.policies) > 1:
        _print_ranking(result)


def _print_costs(result: ComparisonResult) -> None:
    """What policies cost, and for each additional village and shop."""
    screen, table = console(), result.table
    for row in result.costs.to_dict("records"):
        more = _signed(row, "more_yuan")
        screen.print(f"{row['policy']}: costs {more} yuan ({row['source']})", soft_wrap=True)
        for name, word in (("villages", "Taobao village"), ("shops", "shop")):
            found = table[(table["policy"] == row["policy"]) & (table["outcome"] == name)].iloc[0]
            yuan, low, high = (found[f"cost_per_additional_{each}"] for each in ("yuan", "low", "high"))
            text = "the difference may be none, so no cost of one more is bounded"
            if yuan == yuan:
                text = f"{short(yuan)} yuan [{short(low)}, {short(high)}]"
            screen.print(f"  an additional {word}: {text}", soft_wrap=True)


def _print_ranking(result: ComparisonResult) -> None:
    frame = result.ranking
    for outcome, words in (("villages", "Taobao villages"), ("shops", "shops"), ("seller_income_yuan", "income")):
        texts = [_ranked(row) for row in frame[frame["outcome"] == outcome].to_dict("records")]
        console().print(f"by {words}: {''.join(texts)}", soft_wrap=True)


def _ranked(row: dict[Any, Any]) -> str:
    """A scenario of a ranking and how it stands to the next: equal in every pair, before it, or perhaps so."""
    text = f"{row['scenario']} {short(row['mean'])}"
    if row["next"] != row["next"]:
        return text
    if row["low"] == row["high"] == 0:
        return f"{text} = "
    more = row["more_pairs"]
    unsure = "" if row["safe"] else " (not safe" + (f", {more:,.0f} more pairs)" if more == more else ")")
    return f"{text}{unsure} > "


def _compared_cells(row: dict[Any, Any]) -> list[str]:
    needed, reduced = row["more_pairs"], row["variance_reduction"]
    return [
        short(row["base_mean"]),
        short(row["policy_mean"]),
        _signed(row, "difference"),
        f"{row['better']:.0%}",
        "" if needed != needed else "enough" if needed == 0 else f"{needed:,.0f}",
        "" if reduced != reduced else "fully" if reduced == float("inf") else f"{reduced:.1f} x",
    ]


def _signed(row: dict[Any, Any], name: str) -> str:
    texts = [f"{'+' if row[each] > 0 else ''}{short(row[each])}" for each in (name, "low", "high")]
    return f"{texts[0]} [{texts[1]}, {texts[2]}]"
