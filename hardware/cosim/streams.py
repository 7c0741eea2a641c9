"""Events as words of the input, and back."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import as_map

Whole = NDArray[np.int64]


def input_words(circuit: Circuit, raster: Whole) -> list[int]:
    """`raster (rows, samples, neurons)` of the input on the wire: events, and a token after each row, sample by sample."""
    words = []
    for sample in range(raster.shape[1]):
        for row in raster[:, sample]:
            words += [*_events(circuit, row), 1]
    return words


def _events(circuit: Circuit, row: Whole) -> Iterator[int]:
    name = circuit.network.input
    shape, bits, once = as_map(circuit.network.by_name[name].shape), circuit.coordinate_bits(name), circuit.once(name)
    for place in np.flatnonzero(row):
        c, y, x = (int(axis) for axis in np.unravel_index(place, shape))
        value = int(row[place]) * circuit.times(name) if once else 1
        word = c << 1 | y << (1 + bits[0]) | x << (1 + bits[0] + bits[1]) | value << (1 + sum(bits))
        yield from [word] * (1 if once else int(row[place]))


def rasters_of(circuit: Circuit, lines: list[list[str]], samples: int) -> Mapping[str, Whole]:
    """Spikes `(steps, samples, neurons)` of each population that fires, from lines "E number cycle token c y x"."""
    network, found = circuit.network, {}
    for population in circuit.inner:
        if population.neuron.fires:
            mine = [line for line in lines if line[0] == "E" and int(line[1]) == circuit.numbers[population.name]]
            found[population.name] = _raster(as_map(population.shape), mine, network.steps, samples)
    return found


def _raster(shape: tuple[int, int, int], lines: list[list[str]], steps: int, samples: int) -> Whole:
    raster, tokens = np.zeros((samples * steps + 1, *shape), np.int64), 0
    for _, _, _, token, c, y, x in lines:
        if token == "1":
            tokens += 1
        else:
            raster[tokens, int(c), int(y), int(x)] += 1
    if tokens != samples * steps or raster[-1].any():
        raise ValueError(f"expected {samples * steps} steps, got {tokens}")
    return raster[:-1].reshape(samples, steps, -1).swapaxes(0, 1)


def potentials_of(circuit: Circuit, lines: list[list[str]], samples: int) -> Whole:
    """Potentials `(samples, neurons)` of the output after the last step, from lines "R cycle word"."""
    out: Any = circuit.network.by_name[circuit.network.output]
    blocks, bits = circuit.blocks(out), out.width
    words = [int(line[2], 16) for line in lines if line[0] == "R"]
    if len(words) != samples * blocks.count:
        raise ValueError(f"expected {samples * blocks.count} rows of potentials, got {len(words)}")
    lanes = np.array(
        [[word >> (n * bits) & ((1 << bits) - 1) for n in range(blocks.lanes.count)] for word in words], object
    )
    signed = np.where(lanes >= 1 << (bits - 1), lanes - (1 << bits), lanes).astype(np.int64)
    parts = signed.reshape(
        samples, blocks.rows, blocks.columns, blocks.groups, blocks.lanes.rows, blocks.lanes.columns, -1
    )
    whole = parts.transpose(0, 3, 6, 1, 4, 2, 5).reshape(
        samples,
        blocks.groups * blocks.lanes.channels,
        blocks.rows * blocks.lanes.rows,
        blocks.columns * blocks.lanes.columns,
    )
    channels, rows, columns = blocks.shape
    return whole[:, :channels, :rows, :columns].reshape(samples, -1)
