"""The modules that are synthesised alone: those of drawn circuits, of larger ones and of winner-take-all ones, each once.

Of the larger ones those of the streams around them too, and of some drawn ones those that a core has which is loaded at run time.
"""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np

from spikewright.hardware.area.elaboration.variants import TOP, ModuleUse, ModuleVariant, circuit_uses, instance_uses
from spikewright.hardware.area.features.fronts import MOST_BANKS
from spikewright.hardware.area.features.told import bits_of
from spikewright.hardware.area.keys import READS_FILES, holds_constants, is_file, key_of, law_of
from spikewright.hardware.area.load_bus import LOADER
from spikewright.hardware.circuit.encoders import TABLED
from spikewright.hardware.circuit.instances import read_instances
from spikewright.hardware.circuit.loading import loader
from spikewright.hardware.circuit.record import Circuit, Ends
from spikewright.hardware.circuit.top import build
from spikewright.hardware.circuit.winners import WinnersCircuit, build_winners
from spikewright.snn import Network
from spikewright.snn.learning.fixed import FixedWinners
from tests.calibrate.alone import LoneModule
from tests.calibrate.larger import larger
from tests.hardware.cosim.drawn_winners import competing
from tests.validate.drawers import DRAWERS

FIRST_SEED = 5000
"""Of the drawn circuits whose modules are fitted; unseen cores have others."""
FIRST_LARGER = 1000
SOME_LEVELS = 15
LOADED_LARGER = 6
LOADED_SEEDS = 2
"""Of the drawn circuits those that are built once more, to be loaded at run time: of each kind so many."""
FOLLOWS = ("sw_delay", "sw_memory", "sw_core")
"""Modules whose law is read off the Verilog."""
LONG_BYTES, FEW_WORDS = 40_000, 8
CODEBOOK = "sw_codebook memory"
WHOLE = ("sw_turn",)
"""Modules of which all in the pool are synthesised, whatever else there is: each number of rows and columns has its own cost."""


def pool(memories: Path, seeds: int, larger_cores: int) -> dict[str, list[LoneModule]]:
    """Law -> what to synthesise, in a drawn order that is the same each time; memory files are copied into `memories`."""
    found: dict[str, dict[str, LoneModule]] = {}
    for circuit in _circuits(seeds, larger_cores):
        for use in _uses(circuit.folder):
            if use.module not in FOLLOWS:
                one = _lone(use.variant, circuit.folder, memories)
                found.setdefault(law_of(one.module, one.parameters), {}).setdefault(_told(one), one)
    found["sw_turn"] = {_told(one): one for one in _rotators()}
    found["sw_grant"] |= {_told(one): one for one in _grants()}
    found[CODEBOOK] = {_told(one): one for one in _codebooks()}
    return {law: _shuffled(found[law]) for law in sorted(found)}


def _uses(folder: Path) -> Iterator[ModuleUse]:
    """The modules of the core in a folder, of its streams where it has some, and the loader that it has or could have."""
    core, axis = (folder / "core.v").read_text(), folder / "axis.v"
    yield from circuit_uses(core)
    if axis.exists():
        around = [one for one in read_instances(axis.read_text()) if one.module not in (TOP, LOADER)]
        yield from instance_uses([*around, *read_instances(loader(core))])


def _rotators() -> Iterator[LoneModule]:
    """One bit for each tap, all rows and columns that the law tells apart: sizes go with the bits."""
    for rows in range(1, MOST_BANKS + 1):
        for columns in range(1, MOST_BANKS + 1):
            bits = {"OY_BITS": max(1, bits_of(rows - 1)), "OX_BITS": max(1, bits_of(columns - 1))}
            yield LoneModule("sw_turn", {"BANKS_Y": rows, "BANKS_X": columns, "TILE": 1, **bits})


def _grants() -> Iterator[LoneModule]:
    """Choices among more projections than most drawn layers have."""
    for sources in (2, 3, 4, 5):
        for block, relative in ((2, 3), (5, 4), (9, 6)):
            bits = {"S_BITS": block, "OY_BITS": 1, "OX_BITS": 1, "RY_BITS": relative, "RX_BITS": relative, "SEATS": 1}
            yield LoneModule("sw_grant", {"SOURCES": sources, **bits})


def _codebooks() -> Iterator[LoneModule]:
    """Tables of shared weights that are loaded, of the sizes that networks have; those of drawn circuits are few and small."""
    for lanes in (1, 2, 5, 8, 16, 20, 32):
        for entries, weight in ((2, 7), (4, 8), (8, 4), (16, 6), (16, 8)):
            told = {"COUNT": lanes, "CODE": bits_of(entries - 1), "WEIGHT": weight, "ENTRIES": entries, "FILE": ""}
            yield LoneModule("sw_codebook", {**told, "MEMORY": 1, "LOAD_ADDRESS": 6, "LOAD_ROW": 64})


def _circuits(seeds: int, larger_cores: int) -> Iterator[Circuit | WinnersCircuit]:
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        for number, drawer in enumerate(DRAWERS):
            with TemporaryDirectory(prefix="spikewright-") as name:
                circuit = drawer.circuit(seed, (seed + number) % 3, Path(name) / "core")
                yield circuit
                if seed < FIRST_SEED + LOADED_SEEDS:
                    ends = Ends(_pixels(circuit.network), loads=True)
                    yield build(circuit.network, circuit.lanes, Path(name) / "loaded", circuit.storage, ends=ends)
    for seed in range(FIRST_LARGER, FIRST_LARGER + larger_cores):
        with TemporaryDirectory(prefix="spikewright-") as name:
            circuit = larger(seed, Path(name) / "core")
            yield circuit
            if seed < FIRST_LARGER + LOADED_LARGER:
                told = {"ends": replace(circuit.ends, loads=True), "queues": circuit.queues}
                yield build(circuit.network, circuit.lanes, Path(name) / "loaded", circuit.storage, **told)
    for seed in range(FIRST_SEED, FIRST_SEED + 2 * seeds):
        with TemporaryDirectory(prefix="spikewright-") as name:
            yield build_winners(*(competing(seed) if seed % 2 else _larger_competing(seed)), Path(name) / "core")


def _pixels(network: Network) -> int | None:
    """Levels of pixels that a circuit makes the code of, None where there is no such circuit."""
    if network.code.graded:
        return int(network.code.levels)
    return SOME_LEVELS if type(network.code) in TABLED else None


def _larger_competing(seed: int) -> tuple[FixedWinners, int]:
    """A winner-take-all network of the size that learns digits, and its lanes."""
    random = np.random.default_rng([seed, 79])
    neurons = int(random.choice([50, 100, 400]))
    weights, thresholds = random.integers(0, 256, (784, neurons)), random.integers(1000, 20000, neurons)
    leak, inhibition, deaf = (int(random.integers(0, most)) for most in (30, 3000, 6))
    network = FixedWinners(weights, thresholds, inhibition, leak, 10, deaf, int(random.choice([16, 250])), 18)
    return network, int(random.choice([1, 2, 4, 8]))


def _lone(variant: ModuleVariant, folder: Path, memories: Path) -> LoneModule:
    """A module by itself: files that its size does not depend on are left out, long ones cut."""
    parameters = dict(variant.by_name)
    asked = variant.module in READS_FILES and law_of(variant.module, parameters) == variant.module
    for name, value in variant.parameters:
        if is_file(name) and isinstance(value, str) and value:
            parameters[name] = _kept(folder / value, memories) if asked else ""
    if variant.module == "sw_rom" and parameters["FILE"] and (column := int(parameters["COLUMN"])):
        for number in range(-(-int(parameters["WIDTH"]) // column)):
            part = memories / f"{parameters['FILE']}.{number:04d}.mem"
            part.write_text("0\n")  # sizes of block memories are those of any other words
    return LoneModule(variant.module, parameters)


def _kept(file: Path, memories: Path) -> str:
    text = file.read_text()
    if file.stat().st_size > LONG_BYTES:
        text = "".join(text.splitlines(keepends=True)[:FEW_WORDS])
    name = f"{sha256(text.encode()).hexdigest()[:12]}.mem"
    (memories / name).write_text(text)
    return name


def _told(one: LoneModule) -> str:
    constant = holds_constants(one.module, one.parameters)
    files = sorted(str(value) for name, value in one.parameters.items() if is_file(name)) if constant else []
    return " ".join([key_of(one.module, one.parameters), *files])


def _shuffled(modules: dict[str, LoneModule]) -> list[LoneModule]:
    keys = sorted(modules)
    Random(1).shuffle(keys)
    return [modules[key] for key in keys]
