"""Whether the stages of a study write the columns that a search asks for, before anything runs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from spikewright import InvalidInput
from spikewright.experiments.exploring.section import SearchPart
from spikewright.experiments.stages.table import STAGES
from spikewright.tables import nearest

if TYPE_CHECKING:
    from spikewright.experiments.stages.base import Columns
    from spikewright.experiments.studies.spec import Study

SECTIONS = {"compress": "compressions", "convert": "conversions", "simulate": "conversions", "hardware": "hardware",
            "noise": "robustness.noise", "attack": "robustness.attacks"}  # fmt: skip
"""Which section of a study asks for a stage; others are named under `stages`."""


def check_columns(study: "Study", search: SearchPart) -> None:
    """Raise InvalidInput, with a way out, for a measure that no stage of the study makes, and for models that it does not have.

    A column that none of the project's stages has may be one of a user's own stage, if the study has one.
    """
    known = ["ann", *(part.name for part in study.conversions), *(part.name for part in study.compressions)]
    for name, part in search.measures.items():
        where = f"search.{'objectives' if name in search.objectives else 'constraints'}.{name}"
        if part.of is not None and part.of not in known:
            near = nearest(part.of, known)
            raise InvalidInput(
                f"{where}: expected a model or network out of {', '.join(known)}, got {part.of!r}; try {near or known[-1]}"
            )
        _check(part.column or name, where, study)


def _check(column: str, where: str, study: "Study") -> None:
    mine = list(stages_in(study))
    if any(_has(STAGES[kind].makes, column) for kind in mine if kind in STAGES):
        return
    maker = next((kind for kind, stage in STAGES.items() if _has(stage.makes, column)), None)
    if maker is not None:
        section = SECTIONS.get(maker, "stages")
        raise InvalidInput(f"{where}: expected a stage that makes {column}, got a study without {maker}; try {section}")
    if all(kind in STAGES for kind in mine):
        names = list(dict.fromkeys(_names(mine)))
        short = {name.rpartition(".")[2]: name for name in reversed(names)}
        near = nearest(column, names) or nearest(column, short) or nearest(column.rpartition(".")[2], short)
        way = near or "accuracy"
        raise InvalidInput(f"{where}: expected a column of numbers of the study's tables, got {column!r}; try {way}")


def stages_in(study: "Study") -> Iterator[str]:
    """The stages that a study asks for, by name."""
    harm = study.robustness
    asked = {
        "train": True, "compress": study.compressions, "convert": study.conversions, "simulate": study.conversions,
        "noise": harm and harm.noise, "attack": harm and harm.attacks, "hardware": study.hardware,
    }  # fmt: skip
    yield from (kind for kind, some in asked.items() if some)
    yield from (part.stage for part in study.stages)


def _has(makes: "Columns", column: str) -> bool:
    asked, _, short = column.rpartition(".")
    return any(short in columns for table, columns in makes.items() if asked in ("", table))


def _names(kinds: list[str]) -> Iterator[str]:
    """All columns of some stages, as table.column."""
    for kind in kinds:
        for table, columns in STAGES[kind].makes.items():
            yield from (f"{table}.{column}" for column in columns)
