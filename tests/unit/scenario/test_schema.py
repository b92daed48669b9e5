"""The editor schema says what the loader checks."""

from __future__ import annotations

import json
import re

from sim.scenario.document import known_keys
from sim.scenario.schema import json_schema
from sim.scenario.vocabulary import FILE_KEYS
from tests.unit.scenario.tables import VOCABULARY

SCHEMA = json_schema(VOCABULARY)


def section(name: str) -> dict:
    return SCHEMA["$defs"][SCHEMA["properties"][name]["$ref"].rpartition("/")[2]]


def test_it_names_its_dialect_and_is_json():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(SCHEMA, allow_nan=False)) == SCHEMA


def test_it_knows_the_keys_the_loader_knows():
    assert tuple(SCHEMA["properties"]) == known_keys(VOCABULARY, ())
    assert set(SCHEMA["properties"]) == {*FILE_KEYS, *VOCABULARY.sections}
    for name in VOCABULARY.sections:
        assert tuple(section(name)["properties"]) == known_keys(VOCABULARY, (name,))
        assert section(name)["additionalProperties"] is False
    assert SCHEMA["additionalProperties"] is False


def test_a_parameter_has_range_unit_default_and_words():
    cost = section("logistics")["properties"]["parcel_cost"]
    assert cost == {
        "type": "number",
        "minimum": 0.0,
        "maximum": 100.0,
        "default": 10.0,
        "x-unit": "yuan per parcel",
        "description": "cost of a parcel (c_0). Unit: yuan per parcel. Source: F123.",
    }
    assert section("adoption")["properties"]["rule"]["enum"] == ["linear", "threshold"]
    assert section("adoption")["properties"]["families"]["type"] == "boolean"
    month = section("programme")["properties"]["first_month"]
    assert (month["type"], month["default"]) == ("string", "2014-10")
    assert re.search(month["pattern"], "2014-10")
    assert not re.search(month["pattern"], "2014-13")


def test_the_timeline_offers_only_what_may_change():
    settable = SCHEMA["$defs"]["Set"]["properties"]
    closed = {row.name for row in VOCABULARY.parameters.values() if row.scope != "month"}
    assert closed == {"pioneers.shops", "world.household_scale"}
    assert set(settable) == set(VOCABULARY.parameters) - closed
    assert "default" not in settable["logistics.parcel_cost"]


def test_region_is_china_or_one_kind():
    china, *kinds = SCHEMA["$defs"]["Region"]["oneOf"]
    assert china == {"const": "china"}
    assert [kind["required"] for kind in kinds] == [
        ["provinces"],
        ["prefectures"],
        ["counties"],
        ["synthetic"],
    ]
    assert kinds[0]["properties"]["provinces"]["minItems"] == 1


def test_every_reference_leads_somewhere():
    references = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(SCHEMA)))
    assert references <= set(SCHEMA["$defs"])
