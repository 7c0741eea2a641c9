"""A proof: the law of a module, with which parameters, and what came of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from spikewright import InvalidInput

Status = Literal["proved", "refuted", "open"]


@dataclass(frozen=True)
class Proof:
    """The law of `module` in `hardware/formal/laws`, for `parameters`, by induction over `depth` cycles.

    `says`: the law in a sentence. First nothing that `reach` cycles after a reset can bring breaks it; then nothing in the cycle
    behind `depth` cycles in which it held, whatever the state before was (k-induction: Sheeran, Singh and Stalmarck, FMCAD 2000).
    `inside`: the law speaks of registers of the modules inside too, by their names when all is one module; the parameters that it
    needs are all given.
    """

    name: str
    module: str
    says: str
    parameters: Mapping[str, int | str]
    depth: int
    reach: int = 10
    inside: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.depth <= self.reach:
            raise InvalidInput(f"expected a depth from 1 to the reach of {self.reach} cycles, got {self.depth}")


@dataclass(frozen=True)
class Proved:
    """What came of a proof.

    `status`: "proved", "refuted" when an assertion fails in a run from the reset, or "open" when only induction fails or the
    time was up. `told`: the assertions that failed, with their lines; `tool`: programs and versions; `source`: SHA-256 of the law
    and of the modules that were proved.
    """

    name: str
    module: str
    says: str
    parameters: Mapping[str, int | str]
    depth: int
    status: Status
    told: str
    tool: str
    source: str

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)
