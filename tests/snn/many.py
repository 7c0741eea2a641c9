"""Draw many networks over all records, edges included, and compare the fast engines with the reference, bit for bit.

    python -m tests.snn.many --networks 20000 --seed 0

Network n of seed s is drawn from (s, n) alone, by the strategies of the contract tests. The first one that differs is shown
as it was drawn, with the command that draws it again. The last line says how many were compared, and from which seed.
"""

import argparse
import random
import sys
from collections import Counter
from contextlib import contextmanager
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.control import BuildContext
from hypothesis.errors import StopTest
from hypothesis.internal.conjecture.data import ConjectureData

from spikewright.snn import Network, SpikeJitter, simulate
from spikewright.snn.event import pieces, temporal
from spikewright.snn.neurons import MaxGate
from tests.snn.full_strategies import STEPPED, Wish, disturbances, full_cases
from tests.snn.strategies import Case
from tests.snn.test_contract import RECORD, assert_same, close

NUMBERS = ("float32", "fixed")
WISHES = (
    *(Wish("spiking", numbers, code) for code in STEPPED for numbers in NUMBERS),
    *(Wish(family, numbers) for family in ("quantised", "timed") for numbers in NUMBERS),
    *(Wish(numbers=numbers, late=False) for numbers in NUMBERS),
    *(Wish(numbers=numbers, decides=True) for numbers in NUMBERS),
)


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    seen = Counter()
    for number in range(options.first, options.first + options.networks):
        case = drawn(options.seed, number)
        try:
            seen += compared(*case)
        except Exception as error:
            again = f"python -m tests.snn.many --seed {options.seed} --first {number} --networks 1"
            print(f"\n{case[0]}\nnoise: {case[1]}\n{type(error).__name__}: {error}\nnetwork {number} differs; {again}")
            return 1
        if number % 100 == 99:
            print(f"\r{seen['networks']} networks", end="", file=sys.stderr, flush=True)
    told = ", ".join(f"{count} {what}" for what, count in sorted(seen.items()))
    last = options.first + options.networks - 1
    print(f"\nno difference: {told}; seed {options.seed}, numbers {options.first} to {last}")
    return 0


def drawn(seed: int, number: int):
    """A case, its noise, the wish that it was drawn for, and whether the engines' chunks are to be small."""
    source = random.Random(f"{seed} {number}")
    while True:  # an attempt that hypothesis gives up is followed by the next
        data = ConjectureData(random=source)
        try:
            with BuildContext(data, is_final=False, wrapped_test=lambda: None):
                return data.draw(cases_of(WISHES[number % len(WISHES)]))
        except StopTest:
            continue


@st.composite
def cases_of(draw, wish: Wish):
    """As `drawn`; with jitter where nothing is late."""
    case = draw(full_cases(wish))
    noise = draw(st.none() | disturbances(case.network))
    if not wish.late and draw(st.booleans()):
        noise = (draw(st.builds(SpikeJitter, st.integers(1, 3))), *(noise or ()))
    return case, noise, wish, draw(st.booleans())


def compared(case: Case, noise, wish: Wish, small: bool) -> Counter:
    """What was compared. Raises AssertionError where the engines answer differently."""
    tolerant = [close] if wish.family == "timed" and noise and case.network.numbers == "float32" else []
    options = {"noise": noise}
    with cut(small):
        fast = simulate(case.network, case.images, record=RECORD, **options)
        plain = simulate(case.network, case.images, **options)  # without records other kernels fire
    slow = simulate(case.network, case.images, record=RECORD, engine="reference", **options)
    assert_same(fast, slow, *tolerant)
    assert_same(plain, slow, *tolerant, records=False)
    check_types(case.network, fast)
    kinds = {"networks": True, "with noise": noise, "in small chunks": small, "with delays": late(case.network)}
    return Counter({what: 1 for what, holds in kinds.items() if holds})


def late(network: Network) -> bool:
    """Whether anything arrives later."""
    return any(q.delay for q in network.projections)


def check_types(network: Network, activity) -> None:
    """What is recorded has a type that holds its sign."""
    for population in network.populations:
        raster = activity.rasters[population.name]
        signed = isinstance(population.neuron, MaxGate) or raster.min(initial=0) < 0
        assert not signed or raster.dtype.kind != "u", population.name


@contextmanager
def cut(small: bool):
    """The engines' chunks as they are, or of two steps and one sample."""
    if not small:
        yield
        return
    with patch.multiple(pieces, CHUNK_BYTES=1, CHUNK_STEPS=2), patch.object(temporal, "CHUNK_SAMPLES", 2):
        yield


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=20_000, help="how many to draw (default: 20000)")
    parser.add_argument("--seed", type=int, default=0, help="what they are drawn from (default: 0)")
    parser.add_argument("--first", type=int, default=0, help="number of the first one (default: 0)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
