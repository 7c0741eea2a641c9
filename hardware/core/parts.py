"""Neurons, synapses, codes and decisions as records of `core.json`, and back: one line for each that `snn.core_parts` allows.

A record has the fields of that in `snn` by the same names, its arrays as memories; IF and LIF are one record.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from spikewright import InvalidInput, snn
from spikewright.hardware.core import schema_codes, schema_neurons, schema_parts, schema_synapses
from spikewright.hardware.core.stored_weights import rebuild_weights, write_weights
from spikewright.hardware.core.writer import Writer
from spikewright.hardware.model.bit_widths import signed_bits
from spikewright.hardware.supported import TO_FIXED
from spikewright.weights import Expression

Read = Callable[[schema_parts.CoreMemory], Any]
Models = Mapping[type, type[schema_parts.CoreRecord]]
NEURONS: Models = {
    snn.Source: schema_neurons.CoreSource,
    snn.IF: schema_neurons.CoreIntegrateFire,
    snn.LIF: schema_neurons.CoreIntegrateFire,
    snn.SignedIF: schema_neurons.CoreSignedFire,
    snn.TernaryIF: schema_neurons.CoreTernaryFire,
    snn.Burst: schema_neurons.CoreBurst,
    snn.FewSpikeIF: schema_neurons.CoreFewSpike,
    snn.LatchedIF: schema_neurons.CoreLatchedFire,
    snn.Ramp: schema_neurons.CoreRamp,
    snn.MaxGate: schema_neurons.CoreMaxGate,
    snn.Integrator: schema_neurons.CoreIntegrator,
    snn.QuantReLU: schema_neurons.CoreQuantReLU,
}
SYNAPSES: Models = {
    snn.Linear: schema_synapses.CoreLinear,
    snn.Conv1d: schema_synapses.CoreConv1d,
    snn.Conv2d: schema_synapses.CoreConv2d,
    snn.ConvTranspose2d: schema_synapses.CoreConvTranspose2d,
    snn.AvgPool2d: schema_synapses.CoreAvgPool2d,
    snn.Upsample: schema_synapses.CoreUpsample,
    snn.Identity: schema_synapses.CoreIdentity,
    snn.Separable2d: schema_synapses.CoreSeparable2d,
    snn.Windows: schema_synapses.CoreWindows,
}
CODES: Models = {
    snn.Direct: schema_codes.CoreCode,
    snn.RateCode: schema_codes.CoreCode,
    snn.Bursts: schema_codes.CoreBurstsCode,
    snn.Poisson: schema_codes.CorePoissonCode,
    snn.JitteredPeriodic: schema_codes.CoreJitteredCode,
    snn.SingleBurst: schema_codes.CoreSingleBurstCode,
    snn.PhaseCode: schema_codes.CorePhaseCode,
    snn.Delta: schema_codes.CoreDeltaCode,
    snn.AddressEvents: schema_codes.CoreEventsCode,
    snn.TtfsCode: schema_codes.CoreTtfsCode,
}
DECISIONS: Models = {
    snn.TerminateDelta: schema_codes.CoreTerminateDelta,
    snn.TerminateMax: schema_codes.CoreTerminateMax,
    snn.Quiescence: schema_codes.CoreQuiescence,
}


def described_neuron(writer: Writer, stem: str, neuron: snn.Neuron) -> Any:
    """The record of a neuron; its arrays are written as `stem`_... A leak of 2**-k is a shift by k."""
    if not isinstance(neuron, snn.IF | snn.LIF):
        return _described(NEURONS, writer, stem, neuron)
    shift = -round(float(np.log2(neuron.leak))) if neuron.leak else None
    threshold = described_value(writer, f"{stem}_threshold", neuron.threshold)
    return schema_neurons.CoreIntegrateFire(
        threshold=threshold, reset=neuron.reset, leak_shift=shift, refractory=neuron.refractory
    )


def described_synapse(writer: Writer, stem: str, synapse: snn.Synapse) -> Any:
    """The record of a synapse; its weights and other arrays are written as `stem`_..."""
    return _described(SYNAPSES, writer, stem, synapse)


def described_rule(record: Any) -> Any:
    """The record of a code or of a decision. Raises InvalidInput for a direct input without levels."""
    if getattr(record, "graded", False) and record.levels is None:
        raise InvalidInput(f"expected a direct input with levels, got none; {TO_FIXED}")
    model = {**CODES, **DECISIONS}[type(record)]
    told = {name: getattr(record, name) for name in model.model_fields if name != "kind"}
    if model is schema_codes.CoreCode:
        told["kind"] = "direct" if isinstance(record, snn.Direct) else "rate"
    return model(**told)


def rebuilt(one: Any, read: Read) -> Any:
    """The neuron, synapse, code or decision that a record describes; `read` fetches the integers of a memory."""
    if isinstance(one, schema_neurons.CoreIntegrateFire):
        threshold = rebuilt_value(one.threshold, read)
        if one.leak_shift is None:
            return snn.IF(threshold, one.reset, one.refractory)
        return snn.LIF(threshold, 2.0**-one.leak_shift, one.reset, one.refractory)
    if isinstance(one, schema_codes.CoreCode):
        return snn.Direct(one.steps, one.levels, one.window) if one.kind == "direct" else snn.RateCode(one.steps)
    kind = _KINDS[type(one)]
    return kind(**{field.name: rebuilt_value(getattr(one, field.name), read) for field in fields(kind)})


_KINDS: Mapping[type, Any] = {
    model: kind for table in (NEURONS, SYNAPSES, CODES, DECISIONS) for kind, model in table.items()
}


def described_value(writer: Writer, stem: str, values: Any) -> schema_parts.Values:
    """One integer inline, several as a memory. Raises InvalidInput for real numbers."""
    array = np.asarray(values)
    if np.any(array != np.floor(array)):
        raise InvalidInput(f"expected integers in {stem}, got real numbers; {TO_FIXED}")
    if array.ndim == 0:
        return int(array)
    whole = array.astype(np.int64)
    return writer.memory(stem, whole, signed_bits(whole))


def _described(models: Models, writer: Writer, stem: str, record: Any) -> Any:
    model = models[type(record)]
    names = [name for name in model.model_fields if name != "kind"]
    return model(**{name: _field(writer, stem, name, getattr(record, name)) for name in names})


def _field(writer: Writer, stem: str, name: str, value: Any) -> Any:
    if isinstance(value, Expression):
        return write_weights(writer, stem, value)
    if isinstance(value, tuple):
        return tuple(int(one) for one in value)
    return value if value is None or isinstance(value, str) else described_value(writer, f"{stem}_{name}", value)


def rebuilt_value(value: Any, read: Read) -> Any:
    """What stands in a field: a number as it is, the integers of a memory, weights."""
    if isinstance(value, schema_parts.CoreMemory):
        return read(value)
    return rebuild_weights(value, read) if isinstance(value, schema_parts.STORAGES) else value
