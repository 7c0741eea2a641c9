"""Into which pieces a run is cut: steps, samples, and the populations that take their steps together."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from spikewright.snn.disturb.noise import SpikeJitter
from spikewright.snn.event.checks import check_events
from spikewright.snn.event.groups import StepGroup, groups_of
from spikewright.snn.event.history import History
from spikewright.snn.event.populations import Compiled, CompiledNeurons
from spikewright.snn.event.routes.dots import DotsRoute, side_by_side
from spikewright.snn.event.routes.wanted import Route
from spikewright.snn.network import Network
from spikewright.snn.simulation import Request
from spikewright.snn.traits import sent

CHUNK_BYTES, PLANE_BYTES = 8 << 20, 32 << 20
"""Memory of a chunk in the largest population, about; planes of layerwise runs and of one step are gone through once."""
CHUNK_STEPS = 32
ADDRESS_BYTES, EVENT_BYTES = 4, 8
CHUNK_OPERATIONS = 2_000_000_000
"""Synaptic operations that one call of a kernel may come to if everybody fires: it should take well under a second."""
WORD = 64
"""Bits of a word of masks."""
OPERATIONS_OF_A_DOT = 8
"""So many take dot products as long as others one."""


def limits() -> tuple[int, ...]:
    """What the sizes of pieces follow from, beside the request."""
    return CHUNK_BYTES, PLANE_BYTES, CHUNK_STEPS, CHUNK_OPERATIONS


@dataclass(frozen=True, eq=False)
class Pieces:
    """`chunks` of steps, of at most `longest` each; how many samples `at_once`; the populations of each group.

    `remembered`: the sources whose events are kept, by how many steps back they may be asked for.
    """

    chunks: tuple[slice, ...]
    longest: int
    at_once: int
    groups: tuple[tuple[StepGroup, tuple[Compiled, ...]], ...]
    remembered: dict[str, int]

    def histories(self, samples: int) -> dict[str, History]:
        """Nothing sent yet, of every source that is remembered."""
        return {name: History(samples, back, self.longest) for name, back in self.remembered.items()}


def pieces_of(request: Request, populations: list[Compiled], masked: Collection[str] = ()) -> Pieces:
    """The pieces of a run; `masked`: the populations that fire into masks.

    Layerwise, and under jitter, which also moves spikes back in time, all steps are one chunk.

    Raises InvalidNetwork for more neurons times steps in a chunk than 32 bits count.
    """
    network, by_name = request.network, {p.name: p for p in populations}
    whole = network.schedule == "layerwise" or any(isinstance(one, SpikeJitter) for one in request.noise)
    most = max(1, *map(_most_operations, populations))
    length = network.steps if whole else min(CHUNK_STEPS, network.steps, max(1, CHUNK_OPERATIONS // most))
    length = 1 if network.decision is not None else length
    check_events(max(*(p.size for p in network.populations), *_placed(network), 0), length)
    groups = groups_of(network)
    return Pieces(
        _chunks(network, length, whole),
        length,
        _at_once(
            network, length, {by_name[name]: group.longest(length) for group in groups for name in group.names}, masked
        ),
        tuple((group, tuple(by_name[name] for name in group.names)) for group in groups),
        _remembered(network, length, groups),
    )


def _chunks(network: Network, length: int, whole: bool) -> tuple[slice, ...]:
    """Steps of at most `length`, cut where a direct input ends."""
    cuts = {*range(0, network.steps, length), network.steps}
    if network.code.graded and not whole:
        cuts.add(network.code.charge_steps)
    return tuple(slice(a, b) for a, b in pairwise(sorted(cuts)))


def _at_once(network: Network, length: int, steps: dict[Compiled, int], masked: Collection[str]) -> int:
    """How many samples: the largest population, in the `steps` that it takes at once, stays near the processor.

    Those that dot products put side by side are not parted where there are enough of them.
    """
    bytes_a_sample = [
        _bytes_masked(one, count, count == network.steps) if one.name in masked else _bytes_of(network, one, count)
        for one, count in steps.items()
    ]
    if any(count < length for count in steps.values()):  # what others send in a whole chunk waits for a circle
        bytes_a_sample += [p.size * length for p in network.populations]
    bytes_a_sample += [ADDRESS_BYTES * places * length for places in _placed(network)]
    operations = max(max(1, _most_operations(one)) * count for one, count in steps.items())
    layerwise = network.schedule == "layerwise"
    most = PLANE_BYTES if layerwise or network.steps == 1 else CHUNK_BYTES
    found = int(min(max(1, most // max(bytes_a_sample)), max(1, CHUNK_OPERATIONS // operations)))
    together = side_by_side(1 if layerwise else length)
    return found if found < together else found - found % together


def _placed(network: Network) -> list[int]:
    """How many places each order has, where events are written once more."""
    return [q.order.size for q in network.projections if q.order is not None]


def _remembered(network: Network, length: int, groups: tuple[StepGroup, ...]) -> dict[str, int]:
    """Sources of delayed projections, by their longest; and populations that take less than a chunk at once."""
    kept = {name: 0 for group in groups if group.longest(length) < length for name in group.names}
    for q in network.projections:
        if q.delay:
            kept[q.source] = max(kept.get(q.source, 0), min(q.delay, network.steps))
    return kept


def _bytes_of(network: Network, population: Compiled, steps: int) -> int:
    """Memory that a sample's steps need in a population, about: its sums, one plane or one a step, and flags or events."""
    constant = all(sent(network, network.by_name[one.projection.source]).once for one in population.incoming)
    answer = steps + EVENT_BYTES * (population.record.neuron.sends == "values")
    return population.size * ((1 if constant else steps) * population.types.sums.itemsize + answer)


def _bytes_masked(population: Compiled, steps: int, alone: bool) -> int:
    """Memory that a sample needs in a population that fires into masks, about: its constant sums, potentials and a bit a step.

    `alone`: the steps are all of the run, and no potentials are kept.
    """
    channels = population.record.shape[0]
    masks = population.size // channels * steps * -(-channels // WORD) * WORD // 8
    kept = 0 if alone else population.size * population.types.potentials.itemsize
    return population.size * population.types.sums.itemsize + kept + masks


def _most_operations(population: Compiled) -> int:
    """Synaptic operations of its largest projection in a step in which everybody fires; of a gate, which sums nothing, none."""
    if not isinstance(population, CompiledNeurons):
        return 0
    return max((_effort(one.route) for one in population.incoming), default=0)


def _effort(route: Route) -> int:
    """Operations of a route as its kernel counts them: dot products do several at once."""
    return route.most_operations // (OPERATIONS_OF_A_DOT if isinstance(route, DotsRoute) else 1)
