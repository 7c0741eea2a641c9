"""What all measurements have in common: a model, its data set, and one row with the settings and what was found."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.work import Work
from spikewright.experiments.stages.base import Stage
from spikewright.progress import telling

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset

Values = dict[str, Any]


@dataclass(frozen=True)
class Measurement(Stage):
    """A stage that measures one thing of a model. Its settings stand in front of what it finds, in one row of `table`.

    network: what the model is called in the row.
    samples: the first training images, so many, that the network is made on.
    """

    table: ClassVar[str]
    network: str
    samples: int

    @abstractmethod
    def measure(self, model: Any, data: "Dataset") -> Mapping[str, Any]:
        """What is found, by the name of its column; a list of rows becomes a table of its own, called by that name."""

    def run(self, work: Work) -> Rows:
        """The row, and the tables of their own."""
        data = work.dataset
        with telling(work.progress):
            found = self.measure(work.model("subject"), data)
        lists = {name: rows for name, rows in found.items() if isinstance(rows, list)}
        row = {name: value for name, value in found.items() if name not in lists}
        named = {table: [{"network": self.network, **each} for each in rows] for table, rows in lists.items()}
        return {self.table: [{**asdict(self), "images": len(data.test_labels), **row}], **named}
