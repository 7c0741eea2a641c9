"""Integer weights that stay integers where input channels differ in scale: W_oc = s_o q_oc r_c with whole numbers r_c."""

from dataclasses import replace

import numpy as np

from spikewright.conversion.reading.geometry import Kernel
from spikewright.conversion.reading.plan import Plan, Unit
from spikewright.conversion.reading.shapes import Floats
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.storage import keeps_integers
from spikewright.snn import ReportRow
from spikewright.snn.fixed.snapping import FAINT_LEVEL, common_unit


def whole_gains(plan: Plan) -> Plan:
    """The plan with one unit for the inputs of each layer of integers, and a row for each gain that was snapped.

    A standardisation with a deviation for each channel, or a batch norm that could not be folded, gives every input channel
    its own factor. The factors become whole numbers of a common unit, within 0.4 % or as near as 256 units allow.
    """
    rows: list[ReportRow] = []
    units = tuple(replace(unit, terms=tuple(_whole(unit, term, rows) for term in unit.terms)) for unit in plan.units)
    return replace(plan, units=units, rows=(*plan.rows, *rows))


def _whole(unit: Unit, term: SourceTerm, rows: list[ReportRow]) -> SourceTerm:
    term = _as_ones(term)
    kernel, gain = term.kernel, term.gain_in
    if kernel is None or not kernel.integer or not gain.ndim or np.all(gain == gain[0]) or keeps_integers(term):
        return term
    faint = np.abs(gain) * FAINT_LEVEL < np.abs(gain).max()
    one, error = common_unit(gain[~faint].reshape(-1, 1))
    step = float(one[0]) or 1.0
    factors = np.floor(gain / step + 0.5)
    told = f"{term.source} -> {unit.name}: integers times {factors.min():.0f} to {factors.max():.0f} by input channel"
    if faint.any():
        told += f", {faint.sum()} of them too faint beside the largest and rounded with it, by at most {step / 2:.2g}"
    rows.append(
        ReportRow(
            unit.name, term.geometry.word, "rounded", f"{told}, its gains snapped by at most {float(error[0]):.2%}"
        )
    )
    return replace(term, kernel=Kernel(_multiplied(kernel, term, factors), kernel.scale), gain_in=np.asarray(step))


def _as_ones(term: SourceTerm) -> SourceTerm:
    """Sums over windows, and selections, are convolutions with one number besides zeros a channel: ones, and it as scale."""
    kernel = term.kernel
    if kernel is None or kernel.integer:
        return term
    rows = kernel.values.reshape(kernel.values.shape[0], -1)
    scale = rows.max(axis=1)
    if not (np.all((rows == 0) | (rows == scale[:, None])) and np.all(scale > 0)):
        return term
    return replace(term, kernel=Kernel((kernel.values != 0).astype(np.int8), scale.astype(np.float64)))


def _multiplied(kernel: Kernel, term: SourceTerm, factors: Floats) -> np.ndarray:
    """The integers of each input channel times its factor, in the narrowest type that holds them."""
    values = kernel.values.astype(np.int64)
    groups = term.geometry.group_count
    split = values.reshape(groups, values.shape[0] // groups, values.shape[1], -1)
    made = (split * factors.astype(np.int64).reshape(groups, 1, values.shape[1], 1)).reshape(values.shape)
    narrow = np.result_type(np.min_scalar_type(made.min()), np.min_scalar_type(-1 - made.max()))
    return made.astype(narrow)
