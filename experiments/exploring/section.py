"""The section `search` of a study file: what should be large or small, what must hold, how many points may be tried.

conversions: [{name: rate, recipe: rate, steps: {from: 2, to: 32}}]     # lists and ranges are the space
search:
  objectives: {accuracy: max, hardware.fpga_energy_uj: min}
  constraints: {hardware.lut: {most: 20000}}
  points: 40
"""

from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from spikewright.experiments.studies.part_bases import Name, StudyPart

Take = Literal["one", "sum", "mean", "min", "max", "last"]
Sampler = Literal["nsga2", "tpe", "random", "all"]
Columns = Annotated[str, Field(pattern=r"^[A-Za-z0-9_. -]{1,80}$")]
MOST_POINTS = 100_000


class MeasurePart(StudyPart):
    """A number of a point: a column of a table that its stages write, as "column" or "table.column".

    column: the name under which the measure stands, unless given.
    of: the model or network whose rows are read, by the name of its part; none: the last of the chain that has rows.
    where: values of other columns that tell which rows.
    take: what becomes of several rows; "one" refuses them. Of a table with a column `chosen`, the chosen row is the one.
    """

    column: Columns | None = None
    of: Name | None = None
    where: dict[str, Any] = Field(default_factory=dict)
    take: Take = "one"


class ObjectivePart(MeasurePart):
    """A measure that should be as large or as small as can be: `best` is max or min, which may stand alone."""

    best: Literal["max", "min"]

    @model_validator(mode="before")
    @classmethod
    def _short(cls, values: Any) -> Any:
        return {"best": values} if isinstance(values, str) else values


class BoundPart(MeasurePart):
    """A measure that must be at `least` or at `most` so large, ends included."""

    least: float | None = None
    most: float | None = None

    @model_validator(mode="after")
    def _some(self) -> "BoundPart":
        if self.least is None and self.most is None:
            raise ValueError("expected least or most, got neither; try {most: 20000}")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"expected least not above most, got {self.least:g} and {self.most:g}; try one of them")
        return self


class AlternativePart(StudyPart):
    """The values of one setting: `place` is "part.setting", or "part.fixed.setting"."""

    place: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,80}(\.(options|fixed))?\.[a-z0-9_]+$")]
    values: Annotated[tuple[int | float | bool | str | None, ...], Field(min_length=1)]


class SearchPart(StudyPart):
    """What is looked for, and how.

    objectives, constraints: measures by name.
    points: how many different ones are tried at most.
    batch: so many are asked for at a time, whatever the number of workers, so that this changes nothing; a generation of nsga2.
    sampler: tpe or nsga2 of optuna, random, or all points one after the other.
    seed: of the sampler.
    space: the alternatives; a study file says them in place, by lists and ranges.
    """

    objectives: Annotated[dict[Columns, ObjectivePart], Field(min_length=1)]
    constraints: dict[Columns, BoundPart] = Field(default_factory=dict)
    points: Annotated[PositiveInt, Field(le=MOST_POINTS)] = 100
    batch: Annotated[PositiveInt, Field(le=10_000)] = 16
    sampler: Sampler = "tpe"
    seed: Annotated[NonNegativeInt, Field(lt=2**32)] = 0
    space: tuple[AlternativePart, ...] = ()

    @property
    def measures(self) -> "dict[str, MeasurePart]":
        """Objectives and constraints by name; what is both is measured once."""
        return {**self.constraints, **self.objectives}
