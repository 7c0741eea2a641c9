"""The modules that are synthesised alone: those of drawn circuits and of larger ones, and their loaders, each once."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from spikewright.hardware.area.elaboration.variants import ModuleVariant, circuit_uses, instance_uses
from spikewright.hardware.area.features.fronts import MOST_BANKS
from spikewright.hardware.area.features.told import bits_of
from spikewright.hardware.area.keys import READS_FILES, holds_constants, is_file, key_of
from spikewright.hardware.circuit.instances import read_instances
from spikewright.hardware.circuit.loading import loader
from spikewright.hardware.circuit.record import Circuit
from tests.calibrate.alone import LoneModule
from tests.calibrate.larger import larger
from tests.validate.drawers import DRAWERS

FIRST_SEED = 5000
"""Of the drawn circuits whose modules are fitted; unseen cores have others."""
FIRST_LARGER = 1000
FOLLOWS = ("sw_delay", "sw_memory", "sw_core")
"""Modules whose law is read off the Verilog."""
LONG_BYTES, FEW_WORDS = 40_000, 8
WHOLE = ("sw_turn",)
"""Modules of which all in the pool are synthesised, whatever else there is: each number of rows and columns has its own cost."""


def pool(memories: Path, seeds: int, larger_cores: int) -> dict[str, list[LoneModule]]:
    """Module -> what to synthesise, in a drawn order that is the same each time; memory files are copied into `memories`."""
    found: dict[str, dict[str, LoneModule]] = {}
    for circuit in _circuits(seeds, larger_cores):
        core = (circuit.folder / "core.v").read_text()
        for use in [*circuit_uses(core), *instance_uses(read_instances(loader(core)))]:
            if use.module not in FOLLOWS:
                one = _lone(use.variant, circuit.folder, memories)
                found.setdefault(use.module, {}).setdefault(_told(one), one)
    found["sw_turn"] = {_told(one): one for one in _rotators()}
    return {module: _shuffled(found[module]) for module in sorted(found)}


def _rotators() -> Iterator[LoneModule]:
    """One bit for each tap, all rows and columns that the law tells apart: sizes go with the bits."""
    for rows in range(1, MOST_BANKS + 1):
        for columns in range(1, MOST_BANKS + 1):
            bits = {"OY_BITS": max(1, bits_of(rows - 1)), "OX_BITS": max(1, bits_of(columns - 1))}
            yield LoneModule("sw_turn", {"BANKS_Y": rows, "BANKS_X": columns, "TILE": 1, **bits})


def _circuits(seeds: int, larger_cores: int) -> Iterator[Circuit]:
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        for number, drawer in enumerate(DRAWERS):
            with TemporaryDirectory(prefix="spikewright-") as name:
                yield drawer.circuit(seed, (seed + number) % 3, Path(name) / "core")
    for seed in range(FIRST_LARGER, FIRST_LARGER + larger_cores):
        with TemporaryDirectory(prefix="spikewright-") as name:
            yield larger(seed, Path(name) / "core")


def _lone(variant: ModuleVariant, folder: Path, memories: Path) -> LoneModule:
    """A module by itself: files that its size does not depend on are left out, long ones cut."""
    parameters = dict(variant.by_name)
    for name, value in variant.parameters:
        if is_file(name) and isinstance(value, str) and value:
            parameters[name] = _kept(folder / value, memories) if variant.module in READS_FILES else ""
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
