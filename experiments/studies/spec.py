"""What a study is: one declarative YAML or TOML file, checked to the last field before anything runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, NonNegativeInt, ValidationError, model_validator

from spikewright import InvalidFile, InvalidInput, MissingTool
from spikewright.experiments.studies.parts import (
    STORED,
    CompressionPart,
    ConversionPart,
    DatasetPart,
    HardwarePart,
    ModelPart,
    Name,
    RobustnessPart,
    StagePart,
    StudyPart,
)

LARGEST_FILE_BYTES = 2**20


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
    """The study in a YAML or TOML file. Raises InvalidFile with the path of the field that is wrong."""
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise InvalidFile(f"expected a study of at most {LARGEST_FILE_BYTES} bytes, got more in {path}")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile(
            f"expected a readable study file at {path}, got: {getattr(error, 'strerror', error)}"
        ) from error
    values = _parse(path, text)
    if not isinstance(values, dict):
        raise InvalidFile(f"expected fields such as name and model in {path}, got a {type(values).__name__}")
    try:
        return Study.model_validate({"name": path.stem.lower(), **values})
    except ValidationError as error:
        raise InvalidFile(f"{path}: {first_fault(error)}") from error


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
    fault = error.errors(include_url=False)[0]
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]).lstrip(".")
    said = fault["msg"].removeprefix("Value error, ")
    got = repr(fault["input"])
    return f"{place or 'study'}: {said}" + (
        f", got {got[:60]}" if "got" not in said and fault["type"] != "missing" else ""
    )


def _parse(path: Path, text: str) -> Any:
    if path.suffix == ".toml":
        import tomllib

        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidFile(f"expected TOML in {path}, got: {error}") from error
    try:
        import yaml
    except ImportError as error:
        raise MissingTool(
            "expected the package pyyaml for a YAML study, got none; try TOML or pip install pyyaml"
        ) from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise InvalidFile(f"expected YAML in {path}, got: {reason}") from error
