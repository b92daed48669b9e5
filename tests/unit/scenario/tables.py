"""A small vocabulary of its own, so that these tests do not move when a parameter of the package does."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sim.scenario.mechanisms import Mechanism, read_mechanisms
from sim.scenario.parameters import COLUMNS, Parameter, read_parameters
from sim.scenario.vocabulary import Vocabulary

HEADER = ",".join(COLUMNS)
ROWS = """\
adoption.own_initiative,alpha,1/month,float,1e-6,0,1,,month,,"loguniform(1e-7, 1e-5)",calibrated,own hazard
adoption.rule,,dimensionless,choice,linear,,,linear|threshold,month,,,assumption: simplest,rule of imitation
adoption.sellers,m,households,int,2,1,20,,month,,,assumption: two,sellers among acquaintances
adoption.families,,dimensionless,bool,true,,,,month,,,definition,whether families count
logistics.parcel_cost,c_0,yuan per parcel,float,10,0,100,,month,logistics,,F123,cost of a parcel
logistics.offset,,yuan,float,0,,,,month,logistics,,definition,has no bounds
logistics.floor,,yuan,float,1.5,0,,,month,logistics,,definition,has one bound
programme.first_month,,month,month,2014-10,2010-01,2020-12,,month,programme,,F7,first county center
pioneers.shops,,shops,int,12,1,50,,start,,,assumption: a dozen,shops of a pioneer village
world.household_scale,,dimensionless,float,1.0,0.001,10,,world,,,definition,factor on households
"""
MECHANISM_HEADER = "name,default,needs,description"
MECHANISM_ROWS = """\
logistics,true,,parcels
training,true,,skills
programme,true,logistics training,centers
guidance,false,training,local government
"""


def parameters_of(rows: str, header: str = HEADER) -> dict[str, Parameter]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "parameters.csv")
        path.write_text(f"{header}\n{rows}", encoding="utf-8")
        return dict(read_parameters(path))


def mechanisms_of(rows: str, header: str = MECHANISM_HEADER) -> dict[str, Mechanism]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mechanisms.csv")
        path.write_text(f"{header}\n{rows}", encoding="utf-8")
        return dict(read_mechanisms(path))


VOCABULARY = Vocabulary(parameters_of(ROWS), mechanisms_of(MECHANISM_ROWS))

GOOD = """\
name: base
title: A base
start: 2009-01
end: 2015-12
region: {provinces: [浙江省, Shandong]}
mechanisms: {guidance: true}
adoption:
  own_initiative: 2.0e-6
  rule: threshold
logistics: {parcel_cost: 9}
timeline:
  - from: 2013-01
    set: {logistics.parcel_cost: 7}
  - from: 2014-06
    switch: {guidance: false}
"""
