"""What all substitutes are, and their table.

    SUBSTITUTES.make("qcfs", {"levels": 4})
    adapt(model, data, {"SiLU": Relu6(), "gate": "no_gate"})

A substitute is a frozen dataclass below `Substitute`: its fields are its settings. A user's own is used as it is, or by name as
"package.module:Class".
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import nn

from spikewright.compress.adapting.places import Kind, Place
from spikewright.compress.adapting.seen import Seen
from spikewright.tables import Family, check_fields


class Substitute(ABC):
    """What stands in for one kind of place; frozen dataclasses below it are members of `SUBSTITUTES`."""

    kind: ClassVar[Kind] = "activation"
    """What it stands in for."""

    def __post_init__(self) -> None:
        check_fields(self)

    @abstractmethod
    def made(self, place: Place, seen: Seen) -> nn.Module:
        """The layer that gives the value of the place from its source, one that `compress.graph.standing` can write down.

        `seen`: what flows at the place in the original. Raises InvalidInput where it cannot stand there.
        """


SUBSTITUTES: Family[type[Substitute]] = Family(
    "substitute",
    Substitute,
    {
        "relu": "spikewright.compress.adapting.substitutes.clipped:Relu",
        "relu6": "spikewright.compress.adapting.substitutes.clipped:Relu6",
        "qcfs": "spikewright.compress.adapting.substitutes.clipped:Qcfs",
        "constant_gate": "spikewright.compress.adapting.substitutes.factors:ConstantGate",
        "no_gate": "spikewright.compress.adapting.substitutes.factors:NoGate",
        "average_pool": "spikewright.compress.adapting.substitutes.averages:AveragePool",
        "batch_norm": "spikewright.compress.adapting.substitutes.averages:BatchNorm",
    },
)

AUTOMATIC: dict[Kind, str] = {
    "activation": "relu",
    "gate": "constant_gate",
    "norm": "batch_norm",
    "pooling": "average_pool",
}
"""What stands in where nothing is said."""
