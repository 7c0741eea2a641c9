"""The verb: `simulate(network, inputs) -> Activity`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from spikewright import InvalidInput
from spikewright.importing import nearest
from spikewright.progress import watched
from spikewright.snn.activity import Activity
from spikewright.snn.checked import LONGEST, check_steps, is_whole
from spikewright.snn.disturb.noise import Noise
from spikewright.snn.disturb.preparation import Disturbance, prepare
from spikewright.snn.fixed.saturation import proved_again
from spikewright.snn.network import Network
from spikewright.snn.report import ReportRow
from spikewright.snn.requirements import check_network, check_one_phase, check_steps_free
from spikewright.snn.streams import Inputs, check_inputs
from spikewright.snn.traits import is_timed

ENGINES = ("event", "temporal", "reference")
BRIDGES = ("brian2", "norse", "sinabs", "snntorch", "spikingjelly")
_ENGINES = {
    "event": "spikewright.snn.event.engine",
    "temporal": "spikewright.snn.event.temporal",
    "reference": "spikewright.snn.reference.engine",
}
RECORDS = ("rasters", "potentials")


@dataclass(frozen=True, eq=False)
class Request:
    """One simulation, checked: `images (batch, *input shape)` float32 or events, the noise that engines apply, what to record."""

    network: Network
    images: Inputs
    noise: tuple[Noise, ...] = ()
    record: tuple[str, ...] = ()

    @property
    def batch(self) -> int:
        """Number of samples."""
        return len(self.images)


@watched
def simulate(
    network: Network,
    inputs: Any,
    *,
    steps: int | None = None,
    engine: str | None = None,
    noise: Disturbance | Sequence[Disturbance] | None = None,
    record: Sequence[str] = (),
) -> Activity:
    """Run `network` on `inputs (batch, channels, height, width)` (or `(batch, features)`), array or CPU tensor, or on events.

    `steps` and `engine` come from the network's code unless given: "temporal" for `TtfsCode`, else "event"; "reference" is the
    dense plain one. `noise`: records of `snn.disturb.noise` and `snn.disturb.faults`, one or several, applied in order.
    Frames for `Delta` are `(batch, steps, *shape)`; for `AddressEvents` the inputs are structured arrays with x, y, t, p,
    one a sample.
    `record`: "rasters", "potentials". What is computed stands with the records: `snn.network.Network` (schedules, readouts),
    `snn.neurons`, `snn.synapses`, `snn.codes`, `snn.decisions`, `snn.disturb.noise`; the order of a step with an example:
    docs/laws.md.
    Sample n of the batch, from 0, is sample n of all draws: the first k samples of a batch are the batch of k.
    Raises InvalidInput for a wrong shape, NaN, an engine that does not fit the network, or steps outside 1 to 1,000,000 or
    other than those that the network needs, and InvalidNetwork for a network that runs in two phases (`network.run`).
    """
    check_one_phase(network, "simulate")
    record = (record,) if isinstance(record, str) else record
    network = network if steps is None else with_steps(network, steps)
    timed = is_timed(network)
    run = _engine(engine or ("temporal" if timed else "event"), timed)
    unknown = set(record) - set(RECORDS)
    if unknown:
        raise InvalidInput(f"expected a record among {', '.join(RECORDS)}, got {', '.join(sorted(unknown))}")
    disturbed, images, remaining = prepare(network, check_inputs(network, inputs), noise)
    return run(Request(disturbed, images, remaining, tuple(record)))


def with_steps(network: Network, steps: int) -> Network:
    """The same network over another number of steps, with a row in its report.

    The scale of its logits follows the charge (`Code.charge_steps`), which a window keeps as it is. Potentials that
    were proved never to saturate get the width of the new proof. Raises InvalidInput for time codes, and for a network that
    was made for its own steps only (`network.run.fixed`).
    """
    check_network(network)
    steps = int(steps) if is_whole(steps, 1, LONGEST) else steps
    check_steps(steps)
    if steps == network.steps:
        return network
    check_steps_free(network, steps)
    code = network.code.with_steps(steps)
    scale = network.logit_scale * network.code.charge_steps / code.charge_steps
    told = f"{steps} steps; thresholds, biases and initial potentials are still those for {network.steps}"
    row = ReportRow("network", "steps", "note", told)
    moved = replace(network, code=code, logit_scale=scale, report=network.report.plus(row))
    return proved_again(moved, network) if network.numbers == "fixed" else moved


def _engine(name: str, timed: bool) -> Callable[[Request], Activity]:
    if name in BRIDGES:
        raise InvalidInput(
            f"expected an engine among {', '.join(ENGINES)}, got another simulator; try snn.interop.{name}.simulate"
        )
    if name not in ENGINES:
        way = nearest(name, ENGINES) or "event"
        raise InvalidInput(f"expected an engine among {', '.join(ENGINES)}, got {name!r}; try {way}")
    if name != "reference" and (name == "temporal") != timed:
        right = "temporal" if timed else "event"
        raise InvalidInput(f"expected the engine {right!r} or 'reference' for this network, got {name!r}")
    module = import_module(_ENGINES[name])
    run: Callable[[Request], Activity] = module.run
    return run
