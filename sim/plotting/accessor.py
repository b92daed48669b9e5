"""``result.plot``: every figure of a result by a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.results import RunResult

if TYPE_CHECKING:
    from sim.experiments.attribute import AttributionResult
    from sim.experiments.compare import ComparisonResult
    from sim.experiments.ensemble import EnsembleResult
    from sim.experiments.sensitivity import SensitivityResult
    from sim.plotting.picture import Picture
    from sim.results.genealogy import Of

__all__ = ["AttributionPlots", "ComparisonPlots", "EnsemblePlots", "Plots", "SensitivityPlots"]


class Plots:
    """Figures of one result; matplotlib is loaded when the first is drawn, and no window is opened.

    The functions behind the figures take axes of your own: such as
    ``sim.plotting.growth.draw_villages(result, axes)``.

    Parameters
    ----------
    result : what is drawn.
    """

    def __init__(self, result: RunResult) -> None:
        self._result = result

    def growth(self) -> Picture:
        """Taobao villages by year with the published lists, and shops by month."""
        from sim.plotting.growth import growth_figure

        return growth_figure(self._result)

    def map(self) -> Picture:
        """Taobao villages by county in 2014 and 2015, observed beside simulated."""
        from sim.plotting.maps import map_figure

        return map_figure(self._result)

    def rank_size(self) -> Picture:
        """Counties, or towns where there are few, in order of their Taobao villages, simulated and observed."""
        from sim.plotting.rank_size import rank_size_figure

        return rank_size_figure(self._result)

    def sales(self) -> Picture:
        """How the online sales of the Taobao villages are distributed."""
        from sim.plotting.sales import sales_figure

        return sales_figure(self._result)

    def diffusion(self, strata: str = "village") -> Picture:
        """First openings by adopter class, thresholds, hazards, and whether times depend on ties."""
        from sim.plotting.diffusion import diffusion_figure

        return diffusion_figure(self._result, strata)

    def story(self, village: int | str) -> Picture:
        """Shops of one village by where they came from, and what its conditions did; see ``result.explain``."""
        from sim.plotting.story import story_figure

        return story_figure(self._result, village)

    def genealogy(
        self, of: Of = "villages", *, county: int | str | None = None, village: int | str | None = None
    ) -> Picture:
        """Who taught whom in a county, or from one village on, as a tree in time; see ``result.genealogy``."""
        from sim.plotting.genealogy import genealogy_figure

        return genealogy_figure(self._result, of=of, county=county, village=village)

    def thumbnail(self) -> bytes:
        """Growth of the number of Taobao villages as a small PNG, for the display in a notebook."""
        from sim.plotting.growth import thumbnail

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
        figures = "growth(), map(), rank_size(), sales(), diffusion(), story(village), genealogy(), pngs()"
        return f"figures of a result: {figures}"


class EnsemblePlots:
    """Figures of an ensemble.

    Parameters
    ----------
    result : what is drawn.
    """

    def __init__(self, result: EnsembleResult) -> None:
        self._result = result

    def growth(self) -> Picture:
        """Taobao villages by year and shops by month: median, bands of 50 and 90 %, the published lists."""
        from sim.plotting.ensemble import ensemble_figure

        return ensemble_figure(self._result)

    def pngs(self) -> dict[str, bytes]:
        """All figures as PNG files by name."""
        return {"growth": self.growth().png()}

    def __repr__(self) -> str:
        return "figures of an ensemble: growth(), pngs()"


class ComparisonPlots:
    """Figures of a comparison.

    Parameters
    ----------
    result : what is drawn.
    """

    def __init__(self, result: ComparisonResult) -> None:
        self._result = result

    def differences(self) -> Picture:
        """Difference of each outcome from the base in percent, with intervals."""
        from sim.plotting.differences import differences_figure

        return differences_figure(self._result)

    def winners(self, outcome: str = "villages") -> Picture:
        """Map of the counties that gain or lose villages (or "shops")."""
        from sim.plotting.differences import winners_figure

        return winners_figure(self._result, outcome)

    def pngs(self) -> dict[str, bytes]:
        """All figures as PNG files by name."""
        drawn = {"differences": self.differences()}
        if self._result.scenario.region.synthetic is None:
            drawn["winners"] = self.winners()
        return {name: picture.png() for name, picture in drawn.items()}

    def __repr__(self) -> str:
        return "figures of a comparison: differences(), winners(), pngs()"


class AttributionPlots:
    """Figures of an attribution.

    Parameters
    ----------
    result : what is drawn.
    """

    def __init__(self, result: AttributionResult) -> None:
        self._result = result

    def shares(self) -> Picture:
        """Share of the growth that goes with each mechanism, with intervals."""
        from sim.plotting.shares import shares_figure

        return shares_figure(self._result)

    def pngs(self) -> dict[str, bytes]:
        """All figures as PNG files by name."""
        return {"shares": self.shares().png()}

    def __repr__(self) -> str:
        return "figures of an attribution: shares(), pngs()"


class SensitivityPlots:
    """Figures of a sensitivity analysis.

    Parameters
    ----------
    result : what is drawn.
    """

    def __init__(self, result: SensitivityResult) -> None:
        self._result = result

    def indices(self, outcome: str = "villages", year: int | None = None) -> Picture:
        """Morris' mu* and sigma or Sobol's indices with intervals, and whether they have settled."""
        from sim.plotting.sensitivity import sensitivity_figure

        return sensitivity_figure(self._result, outcome, year)

    def pngs(self, outcome: str = "villages") -> dict[str, bytes]:
        """All figures as PNG files by name."""
        return {f"indices_{outcome}": self.indices(outcome).png()}

    def __repr__(self) -> str:
        return "figures of a sensitivity analysis: indices(outcome), pngs(outcome)"
