"""How much of the counties of 2015 what was known in 2014 can tell, by regressions fitted to 2015 itself.

    python benchmarks/ceiling.py

Each line knows more of a county than the one above it. In sample a regression has seen the counts it is judged
by, so it says more than can be foretold from the same columns in that form; ten-fold says how much of that was
learned by heart. The goals of the validation are R2 0.70, AUC 0.95 and a recall of 0.76. Needs the extra
``calibration``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from measure import report
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import PoissonRegressor
from sklearn.model_selection import KFold, cross_val_predict

import sim
from sim.calibration.history import list_counts, places_of
from sim.calibration.opponents import features
from sim.calibration.scores import poisson_chance, scores
from sim.data import counties, observed_villages

Array = NDArray[np.float64]
CHINA = Path(__file__).parents[1] / "scenarios" / "china-2015.yaml"
#: Columns of the census and of distances, beyond the six covariates.
CENSUS = (
    "n_villages", "n_towns", "hh_size", "emp_agri_share", "emp_ict_share", "emp_transport_share", "school_years",
    "net_outflow_rate", "rural_share", "pop_potential", "dist_hangzhou_km", "dist_yiwu_km", "dist_guangzhou_km",
    "dist_shanghai_km", "dist_capital_km", "national_poverty",
)  # fmt: skip
#: The last two digits of a county's code: to 20 a district of a city, from 81 a city of its own.
LAST_DISTRICT, FIRST_CITY = 20, 81
PRODUCTS = 8
FOLDS = KFold(10, shuffle=True, random_state=0)
#: So little that the regression may learn by heart what it can.
LITTLE_PENALTY = 1e-4


def occurrences(codes: NDArray) -> Array:
    """How often the code of each county occurs."""
    return np.bincount(np.searchsorted(counties().adcode, codes), minlength=counties().adcode.size).astype(float)


def kind_and_towns(earlier: Array, county: NDArray, town: NDArray) -> list[Array]:
    """District, city or county; towns with listed villages, and the most of any town."""
    kind = counties().adcode % 100
    pairs, number = np.unique(np.column_stack((county, town)), axis=0, return_counts=True)
    most = np.zeros(earlier.size)
    np.maximum.at(most, np.searchsorted(counties().adcode, pairs[:, 0]), number)
    district, city = kind <= LAST_DISTRICT, kind >= FIRST_CITY
    seen = np.log1p(earlier)
    return [district, city, district * seen, city * seen, np.log1p(most), np.log1p(occurrences(pairs[:, 0]))]


def around(earlier: Array) -> list[Array]:
    """Listed villages in the rest of the prefecture, and in the rest of the province."""
    codes = counties().prefecture_code, counties().province_code
    groups = [np.unique(code, return_inverse=True)[1] for code in codes]
    return [np.log1p(np.bincount(group, earlier)[group] - earlier) for group in groups]


def products(county: NDArray, product: NDArray) -> list[Array]:
    """Listed villages of each of the commonest products."""
    names, number = np.unique(product[product != ""], return_counts=True)
    return [np.log1p(occurrences(county[product == name])) for name in names[np.argsort(-number)][:PRODUCTS]]


def known(earlier: Array, first: Array) -> dict[str, Array]:
    """Tables of what is known of each county, each with the columns of those before it and more."""
    seen = observed_villages()
    county = seen.county_adcode[seen.listed_2014].astype(counties().adcode.dtype)
    parts = {
        "covariates, list of 2014, neighbours": [first],
        "and the census and distances": [
            np.nan_to_num(getattr(counties(), name).astype(float)) for name in CENSUS
        ],
        "and kind of place, towns of the list": kind_and_towns(
            earlier, county, seen.town_code[seen.listed_2014].astype(np.int64)
        ),
        "and the rest of prefecture and province": around(earlier),
        "and products": products(county, seen.product[seen.listed_2014]),
    }
    tables: dict[str, Array] = {}
    columns: list[Array] = []
    for name, more in parts.items():
        columns += more
        table = np.column_stack(columns).astype(float)
        spread = table.std(axis=0)
        tables[name] = (table - table.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    return tables


def predictions(table: Array, later: Array) -> dict[str, Array]:
    """Counts foretold by a regression that has seen them, and by trees that have seen nine tenths of them."""
    poisson = PoissonRegressor(alpha=LITTLE_PENALTY, max_iter=20_000)
    trees = HistGradientBoostingRegressor(
        loss="poisson", max_iter=150, max_leaf_nodes=8, learning_rate=0.05, random_state=0
    )
    return {
        "Poisson regression, in sample": poisson.fit(table, later).predict(table),
        "boosted trees, 10-fold": cross_val_predict(trees, table, later, cv=FOLDS),
    }


def main() -> None:
    """Fit every regression and print its scores."""
    places = places_of(sim.load_scenario(CHINA))
    earlier, later = list_counts(places, 2014), list_counts(places, 2015)
    rows = []
    for name, table in known(earlier, features(places, earlier)).items():
        for how, mean in predictions(table, later).items():
            found = scores(mean, poisson_chance(mean), later)
            rows.append({"knows": name, "columns": table.shape[1], "how": how, "r_squared": found.r_squared,
                         "auc": found.auc, "recall": found.top_recall, "log_score": found.log_score})  # fmt: skip
    report({"benchmark": "ceiling", "rows": rows}, rows)


if __name__ == "__main__":
    main()
