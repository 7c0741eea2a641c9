"""What a layer stores for all that it reads, and with that whether its lanes have neighbouring channels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from spikewright.hardware.circuit.reaches import reach
from spikewright.hardware.circuit.row_choices import choose
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes, as_map
from spikewright.hardware.circuit.stored_rows import StoredRows
from spikewright.hardware.model.weight_memory import CoreWeights
from spikewright.snn import Network, Population, Projection

FEW = 0.5
"""Packed rows are thought of where no more than this share of a projection's weights is left."""


@dataclass(frozen=True, eq=False)
class LayerRows:
    """The blocks of a layer, and by projection the rows that are added to them."""

    blocks: LayerBlocks
    rows: Mapping[str, StoredRows]

    @classmethod
    def of(
        cls, network: Network, population: Population, lanes: PhysicalLanes, storage: Mapping[str, str]
    ) -> "LayerRows":
        """Those of `population`, stored as `storage` says by projection, else so that bits times passes are fewest.

        Lanes of an output have no neighbours. Raises InvalidInput for a way of storing that there is not.
        """
        incoming, shape = network.incoming[population.name], as_map(population.shape)
        said = [storage.get(projection.name, "") for projection in incoming]
        packed, inner = any(name.startswith("packed") for name in said), population.name != network.output
        ways = [packed] if packed or all(said) or not inner or not any(map(_sparse, incoming)) else [False, True]
        made = []
        for neighbours in ways:
            blocks = LayerBlocks(shape, lanes, neighbours and inner)
            made.append(cls(blocks, {q.name: _chosen(network, q, blocks, storage.get(q.name)) for q in incoming}))
        return min(made, key=lambda layer: sum(rows.cost() for rows in layer.rows.values()))

    @property
    def seat_bits(self) -> int:
        """Bits of the number of a channel among those of its lane, 0 where all lanes of a pass have the same."""
        return _most(rows.seat_bits for rows in self.rows.values())


def _chosen(network: Network, projection: Projection, blocks: LayerBlocks, name: str | None) -> StoredRows:
    weights = projection.synapse.weights
    shared = weights is not None and CoreWeights.of(weights).table is not None
    found = reach(network, projection, blocks)
    return choose(found, name, shared=shared, neighbours=blocks.neighbours)


def _sparse(projection: Projection) -> bool:
    weights = projection.synapse.weights
    return weights is not None and int(np.count_nonzero(weights.values())) <= FEW * weights.size


def _most(numbers: Iterable[int]) -> int:
    return max(numbers, default=0)
