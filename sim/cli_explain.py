"""``hinterland explain``: the story of one village, from a run there is or from one made for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_complete import run_folders, scenario_files, short_villages, within
from sim.cli_options import Settings
from sim.cli_run import simulate_watched
from sim.cli_terminal import RUNS, changes, console, load, mistake, plain_failures, print_json
from sim.errors import HinterlandError, Place, Problem, ResultError, ScenarioError, WorldError

if TYPE_CHECKING:
    from sim.results import RunResult
    from sim.results.story import VillageStory
    from sim.scenario import Scenario

__all__ = ["county_scenario", "explain", "newest_run"]

_FIGURE_ENDINGS = (".png", ".svg", ".pdf")


def explain(
    village: Annotated[
        str,
        typer.Argument(
            metavar="VILLAGE",
            help="Name in Chinese or English, if need be with town or county after a comma; index or number.",
            autocompletion=short_villages,
        ),
    ],
    *,
    run: Annotated[
        Path | None,
        typer.Option(
            "--run",
            metavar="FOLDER",
            help="A run folder to read, such as runs/china-2015-0.",
            autocompletion=within(run_folders),
        ),
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(
            "--scenario",
            metavar="FILE",
            help="A scenario to simulate for it.",
            autocompletion=within(scenario_files),
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="History seed of the run made for it.")] = None,
    world_seed: Annotated[
        int | None, typer.Option("--world-seed", help="World seed of the run made for it.")
    ] = None,
    settings: Settings = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the story as JSON.")] = False,
    figure: Annotated[
        Path | None, typer.Option("--figure", metavar="FILE", help="Draw the story, too (.png, .svg or .pdf).")
    ] = None,
) -> None:
    """Tell the story of one village: who began, who taught whom, what carried it, what it became.

    Without --run and --scenario the newest run in runs/ is read if it has the village.
    Else, and with --seed or --set, its county is simulated alone, from 2009 to 2015,
    with the values of scenarios/china-2015.yaml, in a second or two.

    A county alone is not the county in the national run: nobody outside it can teach.
    An unknown or ambiguous name ends with exit status 2 and the names that come near.
    """
    with plain_failures():
        given = changes(settings or [], seed, world_seed)
        _check_options(run, scenario, given, figure)
        if not village.strip():
            raise ScenarioError(
                mistake("VILLAGE: found nothing", "write a name, such as hinterland explain 丁楼村")
            )
        story = _story(village, run, scenario, given)
        if figure is not None:
            _draw(story, figure)
    if as_json:
        print_json(story.to_dict())
    else:
        typer.echo(repr(story))


def _check_options(run: Path | None, scenario: Path | None, given: dict[str, Any], figure: Path | None) -> None:
    problems = []
    if run is not None and scenario is not None:
        problems.append(mistake("--run and --scenario: both given", "keep one"))
    if run is not None and given:
        found = "--seed, --world-seed or --set with --run: that run is done"
        problems.append(mistake(found, "give --scenario, or leave them out"))
    if figure is not None and figure.suffix.lower() not in _FIGURE_ENDINGS:
        found = f"--figure {figure}: found {figure.suffix or 'no ending'}"
        problems.append(mistake(f"{found}, allowed is {', '.join(_FIGURE_ENDINGS)}", "name it so"))
    if figure is not None and not figure.parent.is_dir():
        found = f"--figure {figure}: the folder {figure.parent} is not there"
        problems.append(mistake(found, "make it, or name a file in another"))
    if problems:
        raise ScenarioError(problems)


def _story(village: str, run: Path | None, scenario: Path | None, given: dict[str, Any]) -> VillageStory:
    if run is not None:
        with _mistakes():
            return _read(run).explain(village)
    if scenario is not None:
        plan = load(scenario, given)
    else:
        newest = None if given else newest_run(RUNS, village)
        if newest is not None:
            with _mistakes():
                return newest.explain(village)
        plan = _plan_for(village).replace(given)
    result = simulate_watched(plan, show=True)
    with _mistakes():
        return result.explain(village)


def _plan_for(village: str) -> Scenario:
    """A run of the village's county alone."""
    from sim.world.lookup import county_of_village

    with _mistakes():
        plan = county_scenario(county_of_village(village))
    _say(f"simulating {plan.title}")
    return plan


def newest_run(folder: Path, village: str) -> RunResult | None:
    """The result written last to a folder of runs, if it can be read and has a village called so."""
    from sim.world.lookup import villages_called

    written = list(folder.glob("*/provenance.json"))
    if not written:
        return None
    newest = max(written, key=lambda path: (path.stat().st_mtime_ns, path)).parent
    try:
        result = _read(newest)
        found = villages_called(result.world, village)
    except HinterlandError as error:
        _say(f"left aside: {error}")
        return None
    if not found.size:
        return None
    _say(f"from {newest}")
    return result


def _read(folder: Path) -> RunResult:
    from sim.results import load_result

    return load_result(folder)


@contextmanager
def _mistakes() -> Iterator[None]:
    """Let a village or a folder that is not there end as a mistake on the command line."""
    try:
        yield
    except (WorldError, ResultError) as error:
        raise ScenarioError(Problem(str(error), Place("command line"))) from error


def _say(message: str) -> None:
    """A word to people at a terminal; nothing in a pipe."""
    screen = console(stderr=True)
    if screen.is_terminal:
        screen.print(message, soft_wrap=True, style="dim")


def _draw(story: VillageStory, file: Path) -> None:
    from sim.plotting.story import story_figure
    from sim.results.staging import told_if_unwritable

    with told_if_unwritable(file, "name a file in a folder that is there"):
        story_figure(story.result, story.village).savefig(file)


def county_scenario(county: int) -> Scenario:
    """One county alone with the values of scenarios/china-2015.yaml."""
    from sim.data import counties
    from sim.scenario import Scenario

    table = counties()
    place = table.index_of(county)
    mapping = {
        "name": f"county-{county}",
        "title": f"{table.name_en[place]}, {table.province_en[place]}, alone, 2009 to 2015",
        "start": "2009-01",
        "end": "2015-12",
        "region": {"counties": [county]},
    }
    return Scenario.from_mapping(mapping)
