"""What was seen of a network before anyone relied on it: how often it answers as its model, and what would be enough."""

from dataclasses import dataclass

from spikewright import InvalidNetwork
from spikewright.shares import wilson

ENOUGH = 0.99
"""The share of answers like the model's that `Verdict.enough` asks for."""


@dataclass(frozen=True)
class Trial:
    """A short run over `steps` steps: `agreed` of `samples` samples got the answer of the model.

    Of maps of classes, and of several labels a sample, each sample counts with the share that agreed; the sum is rounded down.
    """

    steps: int
    samples: int
    agreed: int

    def __post_init__(self) -> None:
        if not (self.steps >= 1 and 0 <= self.agreed <= self.samples and self.samples >= 1):
            raise InvalidNetwork(
                f"expected a trial of at least one step and sample, got {self.agreed} of {self.samples} in {self.steps} steps"
            )

    @property
    def share(self) -> float:
        """agreed / samples."""
        return self.agreed / self.samples

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share over other samples of the same kind (Wilson 1927)."""
        return wilson(self.agreed, self.samples)


@dataclass(frozen=True)
class Verdict:
    """Agreement of a network with the model that it was made from, as `convert` saw it.

    seen: the run of the network itself. tried: the same conversion for other numbers of steps, by rising steps; none
    where steps are not what the recipe is made of. apart: whether the samples were others than those that the network was
    made on, which it may fit better than new ones. worst: the population that adds the largest error, "" where none adds
    any or none was looked for; part: what most of that error is, of `conversion.diagnosis.PARTS`. numbers: those of the
    network then.
    """

    seen: Trial
    tried: tuple[Trial, ...] = ()
    apart: bool = False
    worst: str = ""
    part: str = ""
    numbers: str = "float32"

    @property
    def trials(self) -> tuple[Trial, ...]:
        """All runs, by rising steps."""
        return tuple(sorted((*self.tried, self.seen), key=lambda trial: trial.steps))

    @property
    def enough(self) -> int | None:
        """The fewest steps from which on every run reached `ENOUGH`; None where the longest did not."""
        reached = None
        for trial in reversed(self.trials):
            if trial.share < ENOUGH:
                break
            reached = trial.steps
        return reached

    def __str__(self) -> str:
        return "; ".join(part for part in (self._agreement(), self._loss(), self._steps()) if part)

    def _agreement(self) -> str:
        seen, (low, high) = self.seen, self.seen.interval
        whose = "samples that it was not made on" if self.apart else "samples that it was made on"
        length = f"{seen.steps} step{'s' if seen.steps > 1 else ''}"
        return (
            f"in {length} and {self.numbers} it answers as the model on {seen.agreed} of {seen.samples} {whose} "
            f"({seen.share:.3f}, 95 % interval {low:.3f} to {high:.3f})"
        )

    def _loss(self) -> str:
        return f"{self.worst} loses most, by {self.part}" if self.worst else ""

    def _steps(self) -> str:
        if not self.tried:
            return ""
        seen = ", ".join(f"{trial.share:.3f} in {trial.steps}" for trial in self.tried)
        if self.enough is None:
            return f"{ENOUGH} was not reached in {self.trials[-1].steps} steps (converted for other steps: {seen})"
        return f"{self.enough} steps are enough for {ENOUGH} (converted for other steps: {seen})"
