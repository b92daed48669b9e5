"""``policy:`` of a scenario file: which question the scenario asks, of what it is a change, and what it should
move.

It is no part of what is simulated, so it does not enter the fingerprint, and a file that extends another has its
own or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, WithJsonSchema, create_model, model_validator

from sim.scenario.fields import Part, Switch, Text, custom_error, numbered, reader
from sim.scenario.frozen import FrozenMapping
from sim.scenario.sweeps import file_value
from sim.scenario.values import NotAllowedError, Value, number_text
from sim.scenario.vocabulary import Vocabulary

__all__ = ["OUTCOME_WORDS", "Policy", "PolicyPart", "policy_keys", "policy_of", "read_policy"]

#: Outcomes a policy may be expected to move, as experiments count them each December, and the words for them.
OUTCOME_WORDS: Final[Mapping[str, str]] = {
    "villages": "Taobao villages",
    "taobao_towns": "Taobao towns",
    "cluster_counties": "counties with a cluster",
    "poverty_villages": "Taobao villages in poverty counties",
    "shops": "shops",
    "villages_with_shops": "villages with shops",
    "sales_yuan": "online sales",
    "sales_per_shop_yuan": "online sales per shop",
}
_BASE_HINT: Final = "write base: china-2015.yaml, or base_values: {mechanisms.chain: false}"


def _read_words(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise NotAllowedError.of(value, "a text")
    return " ".join(value.split())


class Expects(Part):
    """What the policy should move, and which way."""

    outcome: Literal[
        "villages", "taobao_towns", "cluster_counties", "poverty_villages",
        "shops", "villages_with_shops", "sales_yuan", "sales_per_shop_yuan",
    ]  # fmt: skip
    direction: Literal["more", "fewer"]


class PolicyPart(Part):
    """What stands under ``policy``."""

    question: Annotated[Text, reader(_read_words)]
    base: Annotated[Text | None, Field(default=None, description="Scenario file it is compared with.")]
    base_values: Annotated[
        Any,
        WithJsonSchema({"type": "object"}),
        Field(default=None, description="Values laid over the base, or over this file where no base is given."),
    ]
    expects: Expects
    look_at: Annotated[Text, reader(_read_words), Field(default="", description="Where its effect shows.")]

    @model_validator(mode="after")
    def _compared(self) -> PolicyPart:
        if not {"base", "base_values"} & self.model_fields_set:
            raise custom_error(NotAllowedError("found neither base nor base_values", _BASE_HINT))
        return self


@dataclass(frozen=True, slots=True)
class Policy:
    """What a scenario asks as a policy.

    Parameters
    ----------
    question : in words for people.
    base : file of the scenario it is compared with; ``None`` for its own.
    base_values : values laid over that, by dotted name, as a file would give them.
    outcome, direction : what it should move, one of ``OUTCOME_WORDS``, and whether to "more" or "fewer".
    look_at : where its effect shows; may be empty.
    """

    question: str
    base: Path | None
    base_values: Mapping[str, Value]
    outcome: str
    direction: str
    look_at: str

    @property
    def expected(self) -> str:
        """What should come, such as "more shops"."""
        return f"{self.direction} {OUTCOME_WORDS[self.outcome]}"

    def to_mapping(self) -> dict[str, Any]:
        """In JSON types, the base by its name."""
        base = {} if self.base is None else {"base": self.base.name}
        values = {"base_values": dict(self.base_values)} if self.base_values else {}
        expects = {"outcome": self.outcome, "direction": self.direction}
        return {"question": self.question, **base, **values, "expects": expects, "look_at": self.look_at}

    @property
    def compared_with(self) -> str:
        """The base in words."""
        return self.against("itself" if self.base is None else self.base.stem)

    def against(self, name: str) -> str:
        """The base in words, under the name it has."""
        values = ", ".join(f"{key}={_text(value)}" for key, value in self.base_values.items())
        return f"{name} with {values}" if values else name


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | float) else str(value)


def policy_keys(vocabulary: Vocabulary, path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Keys allowed at a path below ``policy``."""
    if not path:
        return tuple(PolicyPart.model_fields)
    if path == ("expects",):
        return tuple(Expects.model_fields)
    return _names(vocabulary) if path == ("base_values",) else ()


def _names(vocabulary: Vocabulary) -> tuple[str, ...]:
    return (*vocabulary.parameters, *(f"mechanisms.{name}" for name in vocabulary.mechanisms))


def read_policy(value: Any, vocabulary: Vocabulary) -> PolicyPart:
    """What stands under ``policy``, checked; of the values laid over the base only those written get a model.

    Raises
    ------
    ValidationError : with every mistake.
    """
    written = value.get("base_values") if isinstance(value, Mapping) else None
    known = set(_names(vocabulary))
    names = [name for name in written if name in known] if isinstance(written, Mapping) else []
    rows = vocabulary.parameters
    values = numbered(
        "BaseValues",
        {name: (file_value(rows[name]) if name in rows else Switch, Field(None, alias=name)) for name in names},
    )
    fields: dict[str, Any] = {"base_values": (values, Field(None))}
    model: type[PolicyPart] = create_model("Policy", __base__=PolicyPart, **fields)
    return model.model_validate(value)


def policy_of(part: PolicyPart, base: Path | None) -> Policy:
    """The policy with its base found as a file."""
    values = part.base_values
    fields = {} if values is None else type(values).model_fields
    laid_over = {field.alias or name: getattr(values, name) for name, field in fields.items()}
    expects = part.expects
    return Policy(part.question, base, FrozenMapping(laid_over), expects.outcome, expects.direction, part.look_at)
