"""What every stage of a study is: settings that are plain values, and the work that they describe.

A study names stages without a section of their own under `stages`, those of the table and a user's:

    stages:
      - {stage: "mine.stages:Confidence", bins: 10, subjects: [ann, rate]}

`Confidence` is then run for each subject, with what `work.model("subject")` or `work.network("subject")` gives.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.work import Work

if TYPE_CHECKING:
    from spikewright.experiments.studies.expansion import Expansion


Columns = Mapping[str, tuple[str, ...]]
"""Columns of numbers by table."""


class Stage(ABC):
    """One kind of cell. Leaves are frozen dataclasses; their fields are settings in plain values.

    version: counted up when the same settings give other results, so that stored cells of before are made anew.
    makes: the tables that it writes and their columns of numbers, which a search may ask for; none: not known before it has run.
    """

    version: ClassVar[int] = 1
    makes: ClassVar[Columns] = {}

    @classmethod
    def asked(cls, expansion: "Expansion") -> Iterable[Cell]:
        """The cells of this kind that the sections of a study ask for, with `expansion.cell`; none unless a stage says so."""
        return ()

    def check(self) -> None:  # noqa: B027
        """Raise InvalidInput where settings name what is not there. Before this, nothing that they name is imported."""

    @abstractmethod
    def run(self, work: Work) -> Rows:
        """Do the work: read what `work` needs, write files into `work.folder`, and return rows by the name of their table.

        Every table of a study holds the rows of all its cells; one that is new to the report is shown there too.
        """
