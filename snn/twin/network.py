"""The differentiable twin of a `Network`: for attacks, calibration and fine-tuning."""

import numpy as np
import torch
from torch import Tensor, nn

from spikewright import InvalidInput, InvalidNetwork
from spikewright.inputs import as_images
from spikewright.snn.fixed.bounds import largest_sent, population_bound
from spikewright.snn.network import Network
from spikewright.snn.requirements import check_one_phase
from spikewright.snn.simulation import simulate
from spikewright.snn.traits import is_timed
from spikewright.snn.twin.codes import check_code
from spikewright.snn.twin.neurons import TwinLaw
from spikewright.snn.twin.rate_gradient import check_rates, rates, spikes
from spikewright.snn.twin.surrogates import RateBased, Surrogate, Triangle, straight_through
from spikewright.snn.twin.synapses import Path
from spikewright.snn.twin.through_time import TwinRun


class Twin(nn.Module):
    """`twin(images)` -> raw logits `(batch, classes)`, differentiable with respect to `images (batch, *input shape)`.

    With `engine_values` the values are those of the network's own engine and only the gradient is the twin's,
    value + (dynamics - dynamics.detach()); without it they are `dynamics`, plain torch. The two agree bit for bit in
    fixed point and wherever float32 sums are exact. `surrogate`: how spikes are differentiated, through time or
    (`RateBased`) through counts; `detach_reset` leaves the reset out of the gradient. `Ramp` and `QuantReLU` have their
    own derivative; rounding is passed straight through inside the clip; a `MaxGate` passes the gradient to the winner, a
    spike code that of its mean (`snn.twin.codes`). Integers that are proved to stay below 2**24 are computed
    in float32, else in float64. The engine reads the network's weights, not a trained copy of them. Runs on the CPU.
    Raises InvalidNetwork for integers beyond 2**53, for codes without images, for an early decision, and for `RateBased`
    where counts say nothing: with the readout "first" of spiking neurons, and with delays.
    """

    def __init__(
        self,
        network: Network,
        *,
        surrogate: Surrogate | None = None,
        detach_reset: bool = False,
        engine_values: bool = True,
        engine: str | None = None,
    ) -> None:
        super().__init__()
        self.network, self.engine_values, self.engine = network, engine_values, engine
        self.surrogate = RateBased() if surrogate is None else surrogate
        check_one_phase(network, "a differentiable twin")
        check_code(network.code)
        check_rates(network, self.surrogate)
        if network.decision is not None:
            raise InvalidNetwork(
                f"expected no early decision in a differentiable twin, got {type(network.decision).__name__}; "
                "try replace(network, decision=None)"
            )
        slope = Triangle() if isinstance(self.surrogate, RateBased) else self.surrogate
        self.law = TwinLaw(network, number_type(network), slope, detach_reset)
        self.paths = nn.ModuleList(Path(network, projection, self.law.dtype) for projection in network.projections)

    def forward(self, images: Tensor) -> Tensor:
        """Raw logits `(batch, classes)`: float32 or, where integers need it, float64."""
        images = images if isinstance(images, Tensor) else torch.tensor(as_images(images))
        if not self.engine_values:
            return self.dynamics(images)
        run = simulate(self.network, images, engine=self.engine)
        values = torch.from_numpy(np.ascontiguousarray(run.logits, dtype=np.float64)).to(self.law.dtype)
        wanted = torch.is_grad_enabled() and (images.requires_grad or any(p.requires_grad for p in self.parameters()))
        return straight_through(values, self.dynamics(images)) if wanted else values

    def dynamics(self, images: Tensor) -> Tensor:
        """The logits computed in torch alone, with their gradient."""
        shape = self.network.by_name[self.network.input].shape
        if tuple(images.shape[1:]) != shape or not len(images):
            raise InvalidInput(f"expected images (batch, {', '.join(map(str, shape))}), got {tuple(images.shape)}")
        paths = {path.projection.name: path for path in self.paths if isinstance(path, Path)}
        if not (spikes(self.network) and isinstance(self.surrogate, RateBased)):
            return TwinRun(self.law, paths, images)()
        with torch.no_grad():
            run = TwinRun(self.law, paths, images)
            values = run()
        return straight_through(values, rates(self.law, paths, images, run)) if torch.is_grad_enabled() else values


def number_type(network: Network) -> torch.dtype:
    """float32, or float64 for time codes and for integers not proved to stay below 2**24.

    Raises InvalidNetwork beyond 2**53.
    """
    if network.numbers != "fixed":
        return torch.float64 if is_timed(network) else torch.float32
    inner = [p for p in network.populations if p.neuron.potential != "none"]
    gates = [p for p in network.populations if p.neuron.compares]
    for p in inner:
        factors = (getattr(p.neuron, name) for name in p.neuron.channels_in)
        widest = max((int(np.max(factor)).bit_length() for factor in factors), default=0)
        if p.width + widest > 62:
            raise InvalidNetwork(f"expected potentials times multipliers below 2**62 in {p.name!r}; try fewer bits")
    counted = max((network.steps * largest_sent(network, p) for p in gates), default=0)
    top = max(2 ** (p.width - 1) + population_bound(network, p) for p in inner)
    if max(top, counted) >= 2**53:
        raise InvalidNetwork(f"expected integers below 2**53 in a differentiable twin, got a bound of {float(top):.3g}")
    return torch.float32 if max(top, counted) < 2**24 else torch.float64
