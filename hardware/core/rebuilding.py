"""From the records of `core.json` to a `snn.Network`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from spikewright import snn
from spikewright.hardware.core.stored_weights import rebuild_weights
from spikewright.snn.report import Report, ReportRow
from spikewright.snn.running import Run

if TYPE_CHECKING:
    from spikewright.hardware.core import schema, schema_parts

Read = Callable[["schema_parts.CoreMemory"], Any]


def rebuild(whole: "schema.Core", read: Read) -> snn.Network:
    """The network that `whole` describes; `read` fetches the integers of a memory. The network checks itself."""
    steps = whole.code.steps
    code = snn.RateCode(steps) if whole.code.kind == "rate" else snn.Direct(steps, whole.code.levels)
    return snn.Network(
        tuple(_population(one, read) for one in whole.populations),
        tuple(_projection(one, read) for one in whole.projections),
        input=whole.input,
        output=whole.output,
        code=code,
        schedule=whole.schedule,
        readout=whole.readout,
        numbers="fixed",
        logit_scale=whole.logit_scale,
        report=Report(tuple(ReportRow(**row.model_dump()) for row in whole.report)),
        run=Run(fixed=whole.run.fixed, largest=whole.run.largest),
    )


def _population(one: "schema.CorePopulation", read: Read) -> snn.Population:
    neuron = _neuron(one.neuron, read)
    shape = tuple(one.shape)
    return snn.Population(
        one.name, shape, neuron, _values(one.bias, read), _values(one.initial, read), one.potential_bits
    )


def _neuron(neuron: "schema_parts.Neuron", read: Read) -> snn.Neuron:
    if neuron.kind == "source":
        return snn.Source()
    if neuron.kind == "integrator":
        return snn.Integrator()
    if neuron.kind == "quant_relu":
        return snn.QuantReLU(_values(neuron.multiplier, read), neuron.shift, neuron.levels)
    threshold = _values(neuron.threshold, read)
    if neuron.leak_shift is None:
        return snn.IF(threshold, neuron.reset)
    return snn.LIF(threshold, 2.0**-neuron.leak_shift, neuron.reset)


def _projection(one: "schema.CoreProjection", read: Read) -> snn.Projection:
    synapse = _synapse(one.synapse, read)
    return snn.Projection(one.source, one.target, synapse, one.pool, one.channels, one.shift, one.name)


def _synapse(synapse: "schema_parts.Synapse", read: Read) -> snn.Synapse:
    if synapse.kind == "linear":
        return snn.Linear(rebuild_weights(synapse.weights, read))
    if synapse.kind == "conv2d":
        weights = rebuild_weights(synapse.weights, read)
        return snn.Conv2d(weights, synapse.stride, synapse.padding, synapse.dilation, synapse.groups)
    if synapse.kind == "avgpool2d":
        return snn.AvgPool2d(synapse.kernel, synapse.stride, _values(synapse.gain, read))
    return snn.Identity(_values(synapse.gain, read))


def _values(values: "schema_parts.Values", read: Read) -> Any:
    return values if isinstance(values, int) else read(values)
