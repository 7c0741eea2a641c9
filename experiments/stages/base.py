"""What every stage of a study is: settings that are plain values, and the work that they describe.

A study names stages without a section of their own under `stages`, those of the table and a user's:

    stages:
      - {stage: "mine.stages:Confidence", bins: 10, subjects: [ann, rate]}

`Confidence` is then run for each subject, with what `work.model("subject")` or `work.network("subject")` gives.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from spikewright.experiments.runs.expansion import Expansion
from spikewright.experiments.runs.tasks import Task
from spikewright.experiments.runs.work import Rows, Work


class Stage(ABC):
    """One kind of task. Leaves are frozen dataclasses; their fields are settings in plain values."""

    @classmethod
    def asked(cls, expansion: Expansion) -> Iterable[Task]:
        """The tasks of this kind that the sections of a study ask for, with `expansion.task`; none unless a stage says so."""
        return ()

    def check(self) -> None:  # noqa: B027
        """Raise InvalidInput where settings name what is not there. Before this, nothing that they name is imported."""

    @abstractmethod
    def run(self, work: Work) -> Rows:
        """Do the work: read what `work` needs, write files into `work.folder`, and return rows by the name of their table.

        Every table of a study holds the rows of all its tasks; one that is new to the report is shown there too.
        """
