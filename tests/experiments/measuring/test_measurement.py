"""A measurement: its settings stand in its row, lists of rows are tables of their own, and progress is told."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

from spikewright.experiments.measuring.measurement import Measurement, Values
from spikewright.progress import shown


@dataclass(frozen=True)
class CountedImages(Measurement):
    """How many images there are, and each of them."""

    table: ClassVar[str] = "sizes"
    least: int

    def measure(self, model: Any, data: Any) -> Values:
        shown("counting", 1, 2)
        return {"counted": len(data.test_labels), "each": [{"image": n} for n in data.test_labels]}


def test_settings_come_first_and_lists_are_tables() -> None:
    told: list[tuple[str, int, int]] = []
    work: Any = SimpleNamespace(
        dataset=SimpleNamespace(test_labels=[4, 5]), model=lambda role: role, progress=lambda *said: told.append(said)
    )
    assert CountedImages("mine", 10, 3).run(work) == {
        "sizes": [{"network": "mine", "samples": 10, "least": 3, "images": 2, "counted": 2}],
        "each": [{"network": "mine", "image": 4}, {"network": "mine", "image": 5}],
    }
    assert told == [("counting", 1, 2)]
