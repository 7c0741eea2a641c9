"""Potentials of all layers after each step, as Icarus sees them in the sweeps of a circuit."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.core.golden import golden_potentials
from spikewright.hardware.cosim.record import OVER, CircuitRun
from spikewright.snn import Activity, Population

Whole = NDArray[np.int64]


def with_potentials(circuit: Circuit) -> tuple[Population, ...]:
    """The populations whose potentials can be compared: those that keep them over the steps. A MAC core keeps none."""
    return () if circuit.quantised else tuple(p for p in circuit.inner if p.neuron.potential == "kept")


def watching_lines(circuit: Circuit, core: str) -> str:
    """Verilog for a clocked block with a counter `cycle`: it prints "V number cycle words" for each block of a sweep that ends
    a step; `core` is the name of the instance of `sw_watched`."""
    return "\n".join(
        f'    if ({at}.sent4 || {at}.read4 || ({at}.sweep4 && !{at}.begin4)) $display("V {n} %0d %h", cycle, {at}.read_words);'
        for n, at in ((n, f"{core}.array{n}") for n in (circuit.numbers[p.name] for p in with_potentials(circuit)))
    )


def other_potentials(circuit: Circuit, run: CircuitRun, activity: Activity, steps: Whole) -> Iterator[str]:
    """One sentence for each population whose potentials differ from the engine's in a step that was taken.

    `activity`: the engine's, with potentials, were there no early decision; `steps (samples,)`: those that were taken. What
    was not watched is not compared.
    """
    for population in with_potentials(circuit):
        number = circuit.numbers[population.name]
        wanted = golden_potentials(circuit.network, activity, population)
        if wanted is None or number not in run.swept:
            continue
        found = swept_potentials(circuit, population, run, steps)
        for sample, taken in enumerate(steps):
            wrong = np.argwhere(found[sample] != wanted[sample, :taken])
            if len(wrong):
                step, neuron = wrong[0]
                got, right = found[sample][step, neuron], wanted[sample, step, neuron]
                yield (
                    f"the potential of {population.name!r} is {got} instead of {right} in sample {sample}, step {step},"
                    f" neuron {neuron}"
                )
                break


def swept_potentials(circuit: Circuit, population: Population, run: CircuitRun, steps: Whole) -> list[Whole]:
    """For each sample the potentials `(steps taken, neurons)` of a population. Raises ValueError where sweeps are missing."""
    cycles, words = run.swept[circuit.numbers[population.name]]
    blocks = circuit.blocks(population).count
    ends = np.cumsum(steps * blocks)
    if circuit.network.decision is not None:  # the rest of an inference that was stopped is left out
        first = np.concatenate([[0], np.searchsorted(cycles, run.events[OVER][:-1, 0], side="right")])
        rows = [np.arange(begin, begin + count) for begin, count in zip(first, steps * blocks, strict=True)]
    else:
        rows = [np.arange(end - count, end) for end, count in zip(ends, steps * blocks, strict=True)]
    if len(cycles) <= max((int(row[-1]) for row in rows if len(row)), default=-1):
        raise ValueError(
            f"expected sweeps of {int(steps.sum())} steps of {population.name!r}, got {len(cycles) / blocks:g}"
        )
    return [placed(circuit, population, words[row]) for row in rows]


def placed(circuit: Circuit, population: Population, words: NDArray[np.uint8]) -> Whole:
    """Potentials `(sweeps, neurons)` out of `words (sweeps * blocks, bytes)`, block behind block, the lowest byte first."""
    blocks = circuit.blocks(population)
    parts = signed_words(words, blocks.lanes.count, circuit.potential_bits(population)).reshape(
        -1, blocks.rows, blocks.columns, blocks.groups, blocks.lanes.rows, blocks.lanes.columns, blocks.lanes.channels
    )
    whole = parts.transpose(0, 3, 6, 1, 4, 2, 5).reshape(
        len(parts),
        blocks.groups * blocks.lanes.channels,
        blocks.rows * blocks.lanes.rows,
        blocks.columns * blocks.lanes.columns,
    )
    _, rows, columns = blocks.shape
    return whole[:, blocks.slots][:, :, :rows, :columns].reshape(len(parts), -1)


def signed_words(words: NDArray[np.uint8], count: int, width: int) -> Whole:
    """`count` numbers of `width` bits, two's complement, out of each row of bytes."""
    bits = np.unpackbits(words, axis=1, bitorder="little")[:, : count * width].reshape(-1, count, width)
    weights = np.int64(1) << np.arange(width)
    weights[-1] = -weights[-1]
    return np.asarray(bits.astype(np.int64) @ weights)


def read_sweeps(circuit: Circuit, lines: list[list[str]]) -> Mapping[int, Any]:
    """`(cycles, words)` by the number of a population, from the lines "V number cycle words"."""
    found: dict[int, list[list[str]]] = {circuit.numbers[p.name]: [] for p in with_potentials(circuit)}
    for line in lines:
        found[int(line[1])].append(line)
    return {number: (_cycles(told), _bytes(told)) for number, told in found.items() if told}


def _cycles(lines: list[list[str]]) -> Whole:
    return np.array([int(line[2]) for line in lines], np.int64)


def _bytes(lines: list[list[str]]) -> NDArray[np.uint8]:
    size = -(-len(lines[0][3]) // 2)
    raw = b"".join(int(line[3], 16).to_bytes(size, "little") for line in lines)
    return np.frombuffer(raw, np.uint8).reshape(-1, size)
