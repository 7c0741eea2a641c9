"""What conversion says of what has no spiking form: obstacles, and the error that lists them."""

from collections.abc import Collection
from dataclasses import dataclass

from spikewright import SpikewrightError
from spikewright.snn import Report, ReportRow

CONVERSION = "conversion"
HARDWARE = "hardware"


class Refusal(Exception):
    """Inside the walk: this node cannot be converted. `reason` says why, `substitute` what to use instead.

    `ending`: the node of a function that may stand at the very end only, where that is the obstacle and not the node itself.
    """

    def __init__(self, reason: str, substitute: str, ending: str | None = None) -> None:
        super().__init__(f"{reason}; try {substitute}")
        self.reason = reason
        self.substitute = substitute
        self.ending = ending


@dataclass(frozen=True)
class Obstacle:
    """One thing of a model that stands in the way.

    node: the step of the graph that it is named after, the last of `nodes`, all that it spans.
    what: what it is, such as "SiLU" or "softmax attention".
    reason: why it stands in the way.
    substitute: what to use instead.
    refuses: who refuses it: "conversion" (no recipe has a form for it), the name of a recipe, or "hardware" (the network
        converts, but no spike core can be built from it).
    reads: the step whose value goes on where a substitute leaves it out, None where there is none of its shape.
    """

    node: str
    what: str
    reason: str
    substitute: str
    refuses: str = CONVERSION
    nodes: tuple[str, ...] = ()
    reads: str | None = None

    @classmethod
    def of(cls, node: str, what: str, told: str) -> "Obstacle":
        """The obstacle of a sentence "reason; try substitute"."""
        reason, _, substitute = told.rpartition("; try ")
        return cls(node, what, reason or substitute, substitute if reason else "", nodes=(node,))

    def __str__(self) -> str:
        who = "" if self.refuses == CONVERSION else f"{self.refuses} refuses it: "
        return f"{self.node} ({self.what}): {who}{self.told}"

    @property
    def told(self) -> str:
        """Reason and substitute."""
        return f"{self.reason}; try {self.substitute}" if self.substitute else self.reason

    @property
    def hinders(self) -> bool:
        """Whether the model does not convert because of it."""
        return self.refuses != HARDWARE

    def row(self) -> ReportRow:
        """Its row in a report: refused, or a warning where only hardware refuses."""
        if self.hinders:
            return ReportRow(self.node, self.what, "refused", self.told)
        return ReportRow(self.node, self.what, "warning", f"converts, but hardware refuses: {self.told}")


class Unconvertible(SpikewrightError, ValueError):
    """A model has layers without a spiking form. Nothing was run.

    `obstacles`: all that was found, what only hardware refuses among them. `report` has a row for every layer.
    """

    def __init__(self, message: str, report: Report, obstacles: tuple[Obstacle, ...] = ()) -> None:
        super().__init__(message)
        self.report = report
        self.obstacles = obstacles

    def __reduce__(self) -> tuple[type["Unconvertible"], tuple[str, Report, tuple[Obstacle, ...]]]:
        """All arguments, so that the error survives the way out of another process."""
        return type(self), (str(self), self.report, self.obstacles)

    @classmethod
    def of(
        cls, rows: tuple[ReportRow, ...], obstacles: tuple[Obstacle, ...], adaptable: Collection[str] = ()
    ) -> "Unconvertible":
        """The error of obstacles, each named with reason and substitute; its report has `rows`, and one for each obstacle.

        adaptable: steps that `adapt` finds a substitute for.
        """
        found = tuple(dict.fromkeys(obstacles))
        hard = [one for one in found if one.hinders]
        text = f"expected layers with a spiking form, got {len(hard)} without: {' | '.join(map(str, hard))}"
        text += _adapting(hard, adaptable)
        more = [one for one in found if not one.hinders]
        if more:
            text += f"; what would be left converts, but hardware refuses {' | '.join(map(_in_hardware, more))}"
        missing = (row for row in dict.fromkeys(one.row() for one in found) if row not in rows)
        return cls(text, Report((*rows, *missing)), found)


def _adapting(hard: list[Obstacle], adaptable: Collection[str]) -> str:
    """That `adapt` replaces obstacles, and how many; nothing where it replaces none."""
    count = sum(not {one.node, *one.nodes}.isdisjoint(adaptable) for one in hard)
    told = "" if count == len(hard) else f" {count} of them"
    return (
        f"; or adapt(model, data), which replaces{told or ' them'} and trains the rest to answer as before"
        if count
        else ""
    )


def _in_hardware(obstacle: Obstacle) -> str:
    return f"{obstacle.node} ({obstacle.what}): {obstacle.told}"
