"""The first simulations of a process, for `startup`: it imports nothing before it measures."""

import json
import sys
import time


def first_calls() -> dict[str, float]:
    """In a fresh process: float32 and fixed point, one image each, twice."""
    start = time.perf_counter()
    from spikewright.snn import Network, simulate

    imported = time.perf_counter() - start
    networks = [Network.load(path) for path in sys.argv[1:]]
    import numpy as np

    images = np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 1, 8, 8)
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        for network in networks:
            simulate(network, images)
        seconds.append(time.perf_counter() - start)
    return {
        "import_snn_s": imported,
        "first_s": seconds[0],
        "later_s": seconds[1],
        "over_run_s": seconds[0] - seconds[1],
    }


if __name__ == "__main__":
    print(json.dumps(first_calls()))
