"""A stage asks for nothing and names nothing unless it says so."""

from dataclasses import dataclass

from spikewright.experiments.runs.work import Rows, Work
from spikewright.experiments.stages.base import Stage
from spikewright.experiments.studies.expansion import Expansion
from tests.experiments.studies.small_study import small


@dataclass(frozen=True)
class Plain(Stage):
    """Does nothing."""

    def run(self, work: Work) -> Rows:
        return {}


def test_by_default_no_section_asks_for_it() -> None:
    assert list(Plain.asked(Expansion("plain", small(), 0))) == []
    Plain().check()
