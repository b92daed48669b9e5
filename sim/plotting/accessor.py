"""``result.plot``: every figure of a result by a word."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Self

from sim.results import RunResult

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from sim.experiments.attribute import AttributionResult
    from sim.experiments.compare import ComparisonResult
    from sim.experiments.ensemble import EnsembleResult
    from sim.experiments.sensitivity import SensitivityResult
    from sim.plotting.picture import Picture
    from sim.results.genealogy import Of

__all__ = ["AttributionPlots", "ComparisonPlots", "EnsemblePlots", "Plots", "SensitivityPlots"]


class Figures:
    """Figures of a result by a word; in Chinese with ``result.plot(language="zh")``.

    matplotlib is loaded when the first is drawn, and no window is opened.

    Parameters
    ----------
    result : what is drawn. language : "en" or "zh", English where no font has the characters; ``None`` for the
        language in use (``sim.plotting.language.speaking``).
    """

    def __init__(self, result: Any, language: str | None = None) -> None:
        self._result = result
        self._language = language

    def __call__(self, *, language: str) -> Self:
        """The same figures with labels in a language, "en" or "zh"."""
        return type(self)(self._result, language)

    def _speaking(self) -> AbstractContextManager[Any]:
        if self._language is None:
            return nullcontext()
        from sim.plotting.language import speaking

        return speaking(self._language)


class Plots(Figures):
    """Figures of one run.

    The functions behind the figures take axes of your own: such as
    ``sim.plotting.growth.draw_villages(result, axes)``.
    """

    _result: RunResult

    def growth(self) -> Picture:
        """Taobao villages by year with the published lists, and shops by month."""
        from sim.plotting.growth import growth_figure

        with self._speaking():
            return growth_figure(self._result)

    def map(self) -> Picture:
        """Taobao villages by county in 2014 and 2015, observed beside simulated."""
        from sim.plotting.maps import map_figure

        with self._speaking():
            return map_figure(self._result)

    def map_by_year(self, years: Sequence[int] | None = None) -> Picture:
        """Small maps, one a December, of one scale of colour; by default from the first Taobao villages on."""
        from sim.plotting.maps_by_year import map_by_year_figure

        with self._speaking():
            return map_by_year_figure(self._result, years)

    def animation(self, file: str | PathLike[str], *, frames_per_second: float = 4.0) -> Path:
        """Write the map month by month as an animated GIF; return its path."""
        from sim.plotting.animation import write_animation

        with self._speaking():
            return write_animation(self._result, file, frames_per_second=frames_per_second)

    def rank_size(self) -> Picture:
        """Counties, or towns where there are few, in order of their Taobao villages, simulated and observed."""
        from sim.plotting.rank_size import rank_size_figure

        with self._speaking():
            return rank_size_figure(self._result)

    def sales(self) -> Picture:
        """How the online sales of the Taobao villages are distributed."""
        from sim.plotting.sales import sales_figure

        with self._speaking():
            return sales_figure(self._result)

    def provinces(self) -> Picture:
        """Taobao villages of the provinces as bars, the published lists as diamonds."""
        from sim.plotting.provinces import provinces_figure

        with self._speaking():
            return provinces_figure(self._result)

    def partners(self, year: int | None = None) -> Picture:
        """What partners of the programme earn: the mean by month, and the spread in a December."""
        from sim.plotting.partners import partners_figure

        with self._speaking():
            return partners_figure(self._result, year)

    def town(self, town: int | str | None = None, year: int | None = None) -> Picture:
        """Who knows whom in a town, sellers coloured by the year they began; the busiest town by default."""
        from sim.plotting.town import town_figure

        with self._speaking():
            return town_figure(self._result, town, year)

    def diffusion(self, strata: str = "village") -> Picture:
        """First openings by adopter class, thresholds, hazards, and whether times depend on ties."""
        from sim.plotting.diffusion import diffusion_figure

        with self._speaking():
            return diffusion_figure(self._result, strata)

    def story(self, village: int | str) -> Picture:
        """Shops of one village by where they came from, and what its conditions did; see ``result.explain``."""
        from sim.plotting.story import story_figure

        with self._speaking():
            return story_figure(self._result, village)

    def genealogy(
        self, of: Of = "villages", *, county: int | str | None = None, village: int | str | None = None
    ) -> Picture:
        """Who taught whom in a county, or from one village on, as a tree in time; see ``result.genealogy``."""
        from sim.plotting.genealogy import genealogy_figure

        with self._speaking():
            return genealogy_figure(self._result, of=of, county=county, village=village)

    def report(self, path: str | PathLike[str], *, language: str | None = None) -> Path:
        """Write the run as one HTML file for people: numbers, figures, values, provenance; return its path.

        Raises
        ------
        ResultError : the file cannot be written. ScenarioError : the language is neither "en" nor "zh".
        """
        from sim.plotting.report import write_run_report

        return write_run_report(self._result, self, path, language or self._language or "en")

    def thumbnail(self) -> bytes:
        """Growth of the number of Taobao villages as a small PNG, for the display in a notebook."""
        from sim.plotting.growth import thumbnail

        with self._speaking():
            return thumbnail(self._result)

    def pngs(self) -> dict[str, bytes]:
        """All figures as PNG files by name, as ``result.save(folder, figures=...)`` takes them."""
        drawn = {
            "growth": self.growth(),
            "map": self.map(),
            "rank_size": self.rank_size(),
            "sales": self.sales(),
        }
        return {name: picture.png() for name, picture in drawn.items()}

    def __repr__(self) -> str:
        maps = "map(), map_by_year(), animation(file)"
        people = "partners(), town(), diffusion(), story(village), genealogy()"
        counts = "growth(), rank_size(), provinces(), sales()"
        return f"figures of a result: {counts}, {maps}, {people}, pngs(); report(file)"


class EnsemblePlots(Figures):
    """Figures of an ensemble."""

    _result: EnsembleResult

    def growth(self) -> Picture:
        """Taobao villages by year and shops by month: median, bands of 50 and 90 %, the published lists."""
        from sim.plotting.ensemble import ensemble_figure

        with self._speaking():
            return ensemble_figure(self._result)

    def map(self) -> Picture:
        """The list beside the mean of the runs by county; needs ``by_county=True``."""
        from sim.plotting.ensemble_places import map_figure

        with self._speaking():
            return map_figure(self._result)

    def provinces(self) -> Picture:
        """Medians of the provinces with 90 % bands, the list as diamonds; needs ``by_county=True``."""
        from sim.plotting.ensemble_places import provinces_figure

        with self._speaking():
            return provinces_figure(self._result)

    def rank_size(self) -> Picture:
        """Counties in order of their villages, with the band of each rank; needs ``by_county=True``."""
        from sim.plotting.ensemble_places import rank_size_figure

        with self._speaking():
            return rank_size_figure(self._result)

    def report(self, path: str | PathLike[str], *, language: str | None = None) -> Path:
        """Write the ensemble as one HTML file for people; return its path."""
        from sim.plotting.report import write_ensemble_report

        return write_ensemble_report(self._result, self, path, language or self._language or "en")

    def pngs(self) -> dict[str, bytes]:
        """All figures as PNG files by name."""
        from sim.plotting.ensemble_places import has_places

        drawn = {"growth": self.growth()}
        if has_places(self._result):
            drawn |= {"map": self.map(), "provinces": self.provinces(), "rank_size": self.rank_size()}
        return {name: picture.png() for name, picture in drawn.items()}

    def __repr__(self) -> str:
        return "figures of an ensemble: growth(), map(), provinces(), rank_size(), report(file), pngs()"


class ComparisonPlots(Figures):
    """Figures of a comparison."""

    _result: ComparisonResult

    def differences(self) -> Picture:
        """Difference of each outcome from the base in percent, with intervals."""
        from sim.plotting.differences import differences_figure

        with self._speaking():
            return differences_figure(self._result)

    def winners(self, outcome: str = "villages") -> Picture:
        """Map of the counties that gain or lose villages (or "shops")."""
        from sim.plotting.differences import winners_figure

        with self._speaking():
            return winners_figure(self._result, outcome)

    def pngs(self) -> dict[str, bytes]:
        """All figures as PNG files by name; a map only where there are counties to compare on it."""
        drawn = {"differences": self.differences()}
        if self._result.scenario.region.synthetic is None and self._result.dataset.sizes["county"] > 1:
            drawn["winners"] = self.winners()
        return {name: picture.png() for name, picture in drawn.items()}

    def __repr__(self) -> str:
        return "figures of a comparison: differences(), winners(), pngs()"


class AttributionPlots(Figures):
    """Figures of an attribution."""

    _result: AttributionResult

    def shares(self) -> Picture:
        """Share of the growth that goes with each mechanism, with intervals."""
        from sim.plotting.shares import shares_figure

        with self._speaking():
            return shares_figure(self._result)

    def pngs(self) -> dict[str, bytes]:
        """All figures as PNG files by name."""
        return {"shares": self.shares().png()}

    def __repr__(self) -> str:
        return "figures of an attribution: shares(), pngs()"


class SensitivityPlots(Figures):
    """Figures of a sensitivity analysis."""

    _result: SensitivityResult

    def indices(self, outcome: str = "villages", year: int | None = None) -> Picture:
        """Morris' mu* and sigma or Sobol's indices with intervals, and whether they have settled."""
        from sim.plotting.sensitivity import sensitivity_figure

        with self._speaking():
            return sensitivity_figure(self._result, outcome, year)

    def pngs(self, outcome: str = "villages") -> dict[str, bytes]:
        """All figures as PNG files by name."""
        return {f"indices_{outcome}": self.indices(outcome).png()}

    def __repr__(self) -> str:
        return "figures of a sensitivity analysis: indices(outcome), pngs(outcome)"
