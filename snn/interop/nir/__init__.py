"""NIR out and in: the exchange format of neuromorphic tools (Pedersen et al., Nature Communications 2024).

`to_nir` writes what NIR 1.0 can say as nodes, and the whole network once more as metadata, a file that `Network.load` reads.
`from_nir` reads that back, bit for bit, after it has checked that the nodes still say the same. A file of another tool has no
such metadata: a `Reading` then says what NIR leaves open.

    graph = to_nir(network, allow=("reset", "initial"))     # raises without: other tools would harden the reset
    write_nir(graph, "network.nir")
    same  = from_nir("network.nir")
    other = from_nir("from_snntorch.nir", reading=Reading(Direct(32), SNNTORCH))
"""

from spikewright.snn.interop.nir.exchange import from_nir, to_nir, write_nir
from spikewright.snn.interop.nir.permissions import PERMISSIONS, Carried, carried
from spikewright.snn.interop.nir.reading import NORSE, SINABS, SNNTORCH, SPIKINGJELLY, Convention, Reading

__all__ = [
    "NORSE",
    "PERMISSIONS",
    "SINABS",
    "SNNTORCH",
    "SPIKINGJELLY",
    "Carried",
    "Convention",
    "Reading",
    "carried",
    "from_nir",
    "to_nir",
    "write_nir",
]
