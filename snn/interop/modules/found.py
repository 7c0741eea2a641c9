"""What following a module finds: the calls of its neurons in order, the shapes of what they send, and its answer."""

from collections import Counter
from typing import Any, NamedTuple

from spikewright import InvalidNetwork
from spikewright.snn.interop.modules.chain import ModuleChain
from spikewright.snn.interop.modules.layers import through_layers
from spikewright.snn.interop.modules.libraries import SpikingLibrary
from spikewright.snn.interop.modules.maxima import SpikeMaximum
from spikewright.snn.interop.modules.values import INPUT, SpikeFlow, SpikeTerm, words
from spikewright.snn.synapses import Shape


class NeuronCall(NamedTuple):
    """Step `step` of the neurons `name`: what enters them. `module` is the layer of neurons, or a SpikeMaximum."""

    name: str
    step: int
    flow: SpikeFlow
    module: Any


class FoundCalls:
    """`calls` of neurons, `shapes` by the name of the source, `axes` in front of the channels, how many steps the module
    repeats its input for (`repeats`, None: that is open), and its `answer`."""

    def __init__(self, library: SpikingLibrary, shape: Shape, axes: int) -> None:
        self.library, self.axes = library, axes
        self.shapes: dict[str, Shape] = {INPUT: shape}
        self.calls: list[NeuronCall] = []
        self.counts: Counter[str] = Counter()
        self.maxima: dict[tuple[str, SpikeMaximum], str] = {}
        self.repeats: int | None = None
        self.answer: Any = None

    def shape(self, flow: SpikeFlow) -> Shape:
        """The shape of a sum of terms, of the first one whose source has been met; a concatenation counts whole."""
        for source, _, ops in flow.terms:
            if source in self.shapes:
                chain = ModuleChain(source, self.shapes[source])
                return chain.whole(through_layers(chain, ops).shape)
        raise InvalidNetwork("expected the input or other neurons to feed every layer of neurons, got nothing")

    def note(self, call: NeuronCall) -> None:
        """A call of neurons, which have the shape of what enters them first."""
        if call.name not in self.shapes:
            self.shapes[call.name] = self.shape(call.flow)
        self.calls.append(call)

    def maximum(self, pool: SpikeMaximum, value: Any, name: str) -> SpikeFlow:
        """Max-pooling becomes neurons of its own, named after those in front: "conv1.max", a second pool "conv1.max2"."""
        term = value.terms[0] if isinstance(value, SpikeFlow) and len(value.terms) == 1 else None
        if term is None or term.ops or term.step is None:
            raise InvalidNetwork(
                f"{name!r}: expected max-pooling right behind neurons, got it behind {words(value)}; "
                "a maximum of currents has no counterpart here, pool the spikes"
            )
        call = NeuronCall(self._maximum_name(term.source, pool), term.step, value, pool)
        if call not in self.calls:
            self.shapes[call.name] = pool.windows.output_shape(self.shapes[term.source])
            self.calls.append(call)
        return SpikeFlow((SpikeTerm(call.name, term.step),))

    def _maximum_name(self, source: str, pool: SpikeMaximum) -> str:
        """The same for the same windows in every step."""
        if (source, pool) not in self.maxima:
            others = sum(name == source for name, _ in self.maxima)
            self.maxima[source, pool] = f"{source}.max{others + 1 if others else ''}"
        return self.maxima[source, pool]
