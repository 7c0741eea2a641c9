"""What a study is: one declarative YAML or TOML file, checked to the last field before anything runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BaseModel, Field, NonNegativeInt, ValidationError, model_validator

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.exploring.alternatives import lifted, variants
from spikewright.experiments.exploring.section import SearchPart
from spikewright.experiments.studies.grids import expanded
from spikewright.experiments.studies.including import read_values
from spikewright.experiments.studies.located import Fields, FileLine, field_said, line_of
from spikewright.experiments.studies.part_bases import STORED, Name, StudyPart
from spikewright.experiments.studies.parts import (
    BudgetPart,
    CompressionPart,
    ConversionPart,
    DatasetPart,
    HardwarePart,
    ModelPart,
    RobustnessPart,
    StagePart,
)
from spikewright.tables import nearest


class Study(StudyPart):
    """A whole study; every result follows from it and the data set."""

    name: Name
    dataset: DatasetPart = DatasetPart()
    model: ModelPart
    seeds: Annotated[tuple[NonNegativeInt, ...], Field(min_length=1)] = (0,)
    compressions: tuple[CompressionPart, ...] = ()
    conversions: tuple[ConversionPart, ...] = ()
    robustness: RobustnessPart | None = None
    hardware: HardwarePart | None = None
    stages: tuple[StagePart, ...] = ()
    search: SearchPart | None = None
    budget: BudgetPart = BudgetPart()

    @model_validator(mode="after")
    def _names(self) -> "Study":
        names = ["ann", *(part.name for part in self.compressions), *(part.name for part in self.conversions)]
        if len(set(names)) < len(names):
            raise ValueError(f"expected every compression and conversion to have its own name, got {', '.join(names)}")
        compressed = {"ann", *(part.name for part in self.compressions)}
        used = [part.source for part in self.conversions if part.source and part.source not in compressed]
        for asked in self._subjects():
            used += [name for name in asked or () if name not in names]
        if used:
            raise ValueError(f"expected names among {', '.join(names)}, got {', '.join(map(str, used))}")
        return self

    def _subjects(self) -> Iterator[tuple[str, ...] | None]:
        """All names of models and networks that parts of the study say."""
        yield self.hardware.networks if self.hardware else None
        yield from (part.subjects for part in self.stages)
        if self.robustness:
            yield self.robustness.subjects
            yield from (part.subjects for part in self.robustness.noise)
            yield from (part.subjects for part in self.robustness.attacks)
            yield tuple(part.transfer_from for part in self.robustness.attacks if part.transfer_from)


def read_study(path: str | Path) -> Study:
    """The study in a YAML or TOML file and those that it includes, with its grids as parts of their own.

    With a section `search`, settings of compressions and conversions have the first of their values, and the section the others.
    Raises InvalidFile with the line and the path of the field that is wrong.
    """
    path = Path(path)
    values = read_values(path)
    for each in variants(values):
        _checked(expanded(each), path)
    return _checked(expanded(lifted(values)), path)


def _checked(values: Fields, path: Path) -> Study:
    try:
        return Study.model_validate({"name": path.stem.lower(), **values})
    except ValidationError as error:
        place, said = _first_fault(error)
        place = field_said(values, place, said)
        raise InvalidFile(f"{line_of(values, place, FileLine(path))}: {_dotted(place)}: {said}") from error


def make_study(values: dict[str, Any], *, stored: bool = False) -> Study:
    """A study from plain values; of one that was `stored` by a run, no module of the user's is imported.

    Raises InvalidInput with the path of the field that is wrong.
    """
    try:
        return Study.model_validate(values, context={STORED: stored})
    except ValidationError as error:
        raise InvalidInput(first_fault(error)) from error


def first_fault(error: ValidationError) -> str:
    """The first thing that pydantic found, as one sentence: the field's path, what was expected, what was got."""
    place, said = _first_fault(error)
    return f"{_dotted(place)}: {said}"


def _first_fault(error: ValidationError) -> tuple[tuple[int | str, ...], str]:
    fault = error.errors(include_url=False)[0]
    place, said = fault["loc"], fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return place, _unknown_field(place)
    if fault["type"] == "missing":
        return place, "expected a value, got none; try one of docs/tables.md"
    got = repr(fault["input"])
    return place, said + (f", got {got[:60]}" if "got" not in said else "")


def _dotted(place: tuple[int | str, ...]) -> str:
    """The path of a field: "conversions[0].steps"."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".") or "study"


def _unknown_field(place: tuple[int | str, ...]) -> str:
    """What is said of a field that its part does not have."""
    part: type[BaseModel] = Study
    for name in place[:-1]:
        if isinstance(name, str) and name in part.model_fields:
            part = next(_parts(part.model_fields[name].annotation))
    known = list(part.model_fields)
    near = nearest(place[-1], known)
    way = f"try {near}" if near else "try without it"
    return f"expected a field out of {', '.join(known)}, got {str(place[-1])!r:.60}; {way}"


def _parts(annotation: Any) -> Iterator[type[BaseModel]]:
    """The classes of parts that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _parts(inner)
