"""How a network must be run beyond its code, schedule and readout: steps that are part of it, a phase before the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn.checked import check_steps

if TYPE_CHECKING:
    from spikewright.snn.network import Network


@dataclass(frozen=True)
class TwoPhase:
    """Each sample is run for `pre_steps` first; what is then seen of it decides how the run itself begins.

    `method`: "srp" or "cos", the laws of `conversion.two_phase`. The pre-steps come on top of the steps of the code.
    """

    method: Literal["srp", "cos"]
    pre_steps: int

    def __post_init__(self) -> None:
        check_steps(self.pre_steps)
        if self.method not in ("srp", "cos"):
            raise InvalidInput(f"expected the method 'srp' or 'cos', got {self.method!r}")


@dataclass(frozen=True)
class Run:
    """`fixed`: why the steps of the code must stay what they are, None where any number will do. `phases`: what comes
    before the run, None for a run that begins as the populations say. `largest`: the largest magnitude of the samples that the
    network was made from, None where nobody knows; inputs beyond four times that are refused where the code has no bounds.
    """

    fixed: str | None = None
    phases: TwoPhase | None = None
    largest: float | None = None


def check_network(network: object) -> None:
    """Raise InvalidInput for anything that is no Network."""
    from spikewright.snn.network import Network

    if not isinstance(network, Network):
        raise InvalidInput(f"expected a Network, got {type(network).__name__}; try convert(model, samples)")


def check_one_phase(network: Network, what: str) -> None:
    """Raise InvalidNetwork for a network of two phases, which `what` cannot run, InvalidInput for what is no network."""
    check_network(network)
    phases = network.run.phases
    if phases is not None:
        raise InvalidNetwork(
            f"expected a network of one phase for {what}, got one that {phases.method} runs for {phases.pre_steps} pre-steps "
            "first; try conversion.two_phase(network, images), or convert without residual="
        )


def check_steps_free(network: Network, steps: int) -> None:
    """Raise InvalidInput where `steps` are not those of a network that holds for its own steps only."""
    if steps != network.steps and network.run.fixed is not None:
        raise InvalidInput(
            f"expected {network.steps} steps, for which this network was made: {network.run.fixed}; got {steps}; "
            "try to convert again with other steps"
        )
