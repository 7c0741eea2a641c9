"""Studies with alternatives, and searches over them that run nothing."""

from typing import Any

from spikewright.experiments.exploring.asking import batches
from spikewright.experiments.exploring.points import Measured, Tried
from spikewright.experiments.exploring.section import SearchPart
from spikewright.experiments.exploring.space import Point, Space
from spikewright.experiments.studies.spec import Study, make_study

ALTERNATIVES: list[dict[str, Any]] = [
    {"place": "small.sparsity", "values": [0.5, 0.8]},
    {"place": "small.bits", "values": [None, 2, 4]},
    {"place": "rate.steps", "values": [2, 4, 8]},
    {"place": "rate.fixed.weight_bits", "values": [4, 8]},
    {"place": "plain.steps", "values": [3, 7]},
]


def study_of(*alternatives: dict[str, Any], **search: Any) -> Study:
    """A study of two chains; `rate` is made from `small`, `plain` from the model."""
    return make_study(
        {
            "name": "space",
            "model": {"zoo": "small-digits"},
            "compressions": [{"name": "small", "rounds": 1}],
            "conversions": [
                {"name": "rate", "recipe": "rate", "steps": 4, "fixed": {}},
                {"name": "plain", "recipe": "rate", "steps": 3, "source": "ann"},
            ],
            "search": {
                "objectives": {"accuracy": "max", "steps": "min"},
                "space": list(alternatives or ALTERNATIVES),
                **search,
            },
        }
    )


def search_part(study: Study) -> SearchPart:
    """Its section."""
    assert study.search is not None
    return study.search


def worth(point: Point) -> Tried:
    """Measures that depend on the settings alone: more steps and fewer zeros are more accurate, and the chain matters."""
    steps = float(point.get("rate.steps") or point.get("plain.steps") or 1)
    lost = 0.3 * point.get("small.sparsity", 0.0) + 0.1 / point.get("rate.fixed.weight_bits", 16)
    found = {"accuracy": Measured(1 - lost - 1 / (2 + steps)), "steps": Measured(steps)}
    return Tried(point, "n", found)


def asked_by(study: Study) -> list[list[Point]]:
    """All batches of a search whose points are worth that."""
    asking = batches(Space(study), search_part(study))
    found = [next(asking)]
    while True:
        try:
            found.append(asking.send([worth(point) for point in found[-1]]))
        except StopIteration:
            return found
