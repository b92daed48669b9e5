"""A small scenario in which much happens."""

BUSY = {
    "start": "2012-01",
    "end": "2014-12",
    "region": {"synthetic": {"villages": 8, "households_per_village": 50, "towns": 4, "counties": 2}},
    "adoption.own_initiative": 4e-3,
    "adoption.imitation": 0.3,
    "pioneers.first_year": 2012,
    "pioneers.last_year": 2013,
    "exit.monthly_rate": 0.05,
    "programme.first_month": "2012-04",
    "programme.counties_per_month": 0.2,
    "programme.stations_per_county": 3,
    "programme.second_model_month": "2012-12",
}
