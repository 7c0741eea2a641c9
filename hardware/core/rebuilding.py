"""From the records of `core.json` to a `snn.Network`."""

from collections.abc import Callable
from typing import Any

from spikewright import snn
from spikewright.hardware.core import schema, schema_parts
from spikewright.hardware.core.parts import rebuilt, rebuilt_value
from spikewright.index_maps import IndexMap
from spikewright.snn.report import Report, ReportRow
from spikewright.snn.running import InputRange, Run

Read = Callable[[schema_parts.CoreMemory], Any]


def rebuild(whole: schema.Core, read: Read) -> snn.Network:
    """The network that `whole` describes; `read` fetches the integers of a memory. The network checks itself."""
    shapes = {one.name: tuple(one.shape) for one in whole.populations}
    return snn.Network(
        tuple(_population(one, read) for one in whole.populations),
        tuple(_projection(one, shapes, read) for one in whole.projections),
        input=whole.input,
        output=whole.output,
        code=rebuilt(whole.code, read),
        schedule=whole.schedule,
        readout=whole.readout,
        numbers="fixed",
        logit_scale=whole.logit_scale,
        report=Report(tuple(ReportRow(**row.model_dump()) for row in whole.report)),
        decision=None if whole.decision is None else rebuilt(whole.decision, read),
        run=Run(
            fixed=whole.run.fixed,
            largest=whole.run.largest,
            input_range=None if whole.run.input_range is None else InputRange(*whole.run.input_range),
        ),
    )


def _population(one: schema.CorePopulation, read: Read) -> snn.Population:
    bias, initial = rebuilt_value(one.bias, read), rebuilt_value(one.initial, read)
    return snn.Population(one.name, tuple(one.shape), rebuilt(one.neuron, read), bias, initial, one.potential_bits)


def _projection(one: schema.CoreProjection, shapes: dict[str, tuple[int, ...]], read: Read) -> snn.Projection:
    """`shapes`: of the populations, by name. One of an unknown source is refused by the network."""
    known = one.order is not None and one.source in shapes
    order = IndexMap.of(shapes[one.source], read(one.order.addresses)) if known and one.order is not None else None
    return snn.Projection(
        one.source,
        one.target,
        rebuilt(one.synapse, read),
        one.pool,
        one.channels,
        one.shift,
        one.name,
        one.delay,
        order,
    )
