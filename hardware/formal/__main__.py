"""`python -m spikewright.hardware.formal`: try every proof, store what came of them, exit with 1 unless all hold."""

import sys

from spikewright.hardware.formal.proofs import PROOFS
from spikewright.hardware.formal.solving import prove
from spikewright.hardware.formal.stored import store_proofs


def main() -> int:
    """Prove all."""
    found = []
    for proof in PROOFS:
        found.append(prove(proof))
        sys.stdout.write(f"{proof.name}: {found[-1].status} {found[-1].told}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{store_proofs(found)}\n")
    return int(any(one.status != "proved" for one in found))


if __name__ == "__main__":
    sys.exit(main())
