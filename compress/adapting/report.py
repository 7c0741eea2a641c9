"""What an adaptation did and what each replacement cost, as it was measured."""

from dataclasses import dataclass, field

from spikewright import Table
from spikewright.compress.compressed import Compressed


@dataclass(frozen=True)
class Replacement:
    """One thing that was replaced by one other thing, everywhere or at one place.

    places: paths, or steps of the graph where there is no path.
    alone: what is right with only this replaced in the original, not trained, 0 to 1.
    untrained: with this and all before it replaced, before its training.
    trained: after its training.
    cost: what was right before it, less `trained`.
    """

    what: str
    by: str
    places: tuple[str, ...]
    alone: float
    untrained: float
    trained: float
    cost: float


@dataclass(frozen=True)
class AdaptReport:
    """All of an adaptation.

    measured: "accuracy", or "agreement" with the original where there are no labels; 0 to 1.
    images: how many images that is over.
    over: which these are.
    original: of the model that was given; untrained: with all replaced before any training; adapted: of the result.
    agreement: how often result and original predict the same class.
    replacements: in the order in which they were made.
    """

    measured: str
    images: int
    over: str
    original: float
    untrained: float
    adapted: float
    agreement: float
    replacements: tuple[Replacement, ...] = ()

    @property
    def table(self) -> Table:
        """One row for each replacement."""
        return Table.of(
            {
                "replaced": each.what,
                "by": each.by,
                "places": len(each.places),
                "alone": each.alone,
                "untrained": each.untrained,
                "trained": each.trained,
                "cost": each.cost,
            }
            for each in self.replacements
        )

    def __str__(self) -> str:
        lines = [
            f"{self.measured} over {self.images:,} images ({self.over}): original {self.original:.2%}, all replaced and not "
            f"trained {self.untrained:.2%}, adapted {self.adapted:.2%}; agreement with the original {self.agreement:.2%}"
        ]
        lines += [
            f"{each.what} by {each.by} at {', '.join(each.places)}: alone {each.alone:.2%}, put in {each.untrained:.2%}, "
            f"trained {each.trained:.2%}, cost {100 * each.cost:+.2f} points"
            for each in self.replacements
        ]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False, repr=False)
class Adapted(Compressed):
    """What `adapt` gives: a Compressed, which every other stage takes, with the report of how it came about."""

    report: AdaptReport = field(kw_only=True)

    def __str__(self) -> str:
        return f"{self.report}\n{super().__str__()}"
