"""What a function asks of a network before it starts: that it is one, of one phase, and free to run for other steps."""

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn.network import Network


def check_network(network: object) -> None:
    """Raise InvalidInput for anything that is no Network."""
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
