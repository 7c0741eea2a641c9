"""docs/validation.md, written from what was compared."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.validate.checking import SAMPLES
from tests.validate.progress import Progress

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"
RESULTS = PAGE.parent / "results" / "validation.json"
HEAD = """# The circuit beside the engine

Written by `make validate`, which compares what is on this page. Networks are drawn by seed; each becomes a circuit
(`hardware/circuit`, the Verilog of `hardware/rtl`) at three choices of lanes: one for each layer, any number of channels,
rows and columns, and all channels with up to three rows and columns. {samples} images go through the fixed-point engine and,
one behind the other, through the circuit in a simulator. "Equal" means every spike and potential of every population in every
step, the answer (class, steps and all logits), and the cycle of every event and word, which `hardware/behaviour` foretells.
"Refused" is what there is no circuit for; "wrong" is all else, and the command tells its seed.

Compared on commit {commit}.

| kind of network | networks | equal | wrong | refused | spikes | cycles |
| --- | --- | --- | --- | --- | --- | --- |
"""
TRAINED = """
## Trained networks

Networks of the zoo, converted with 512 training images and in fixed point; images of the test set, streamed one behind the
other through the circuit in Verilator. All that are counted are equal in every spike (or number) of every layer, in their
answers, and in the cycle of every word, which the simulator of the control (for a MAC core, its law) foretells: pruned networks
with the rows that they skip. "quantized" is a MAC core of weights of eight bits and activations of four. `lenet5-max-mnist` has
the weights of `lenet5-mnist`, which was trained with average pooling, and pools by maximum. "Cycles" are those of an image in
the stream.

| network | lanes | images equal | spikes | cycles | simulator | commit |
| --- | --- | --- | --- | --- | --- | --- |
"""
TRAINED_KEPT = ("commit", "lanes", "images", "spikes", "cycles", "tool")
FIRST_TOOL = "Verilator 5.006"
"""What ran the counts that do not say it."""
NETLISTS = """
## Netlists

Small cores as yosys synthesises them, simulated by Icarus with the cells that come with yosys and models of block memories
and multipliers (`hardware/cosim/block_rams.py`). "Equal" as above; two images each.

| family, core | outcome | spikes | cycles | commit |
| --- | --- | --- | --- | --- |
"""

ACTIVITY = """
## How often registers change

The trace of the Verilog beside that of its netlist, both from Icarus, two images each: changes between 0 and 1 of all bits that
a clock edge sets (flip-flops, and what block memories read), and the cycles in which block memories are read and written, which
are equal. The Verilog has some registers that the netlist has not, such as copies of a sign. The MAC core is traced for ecp5
alone: for AMD Yosys puts registers into the multipliers, where no trace sees them. "Nets" is how often a net of logic
changes for each change of a register. `make validate ARGS=--activity` writes this.

| family, core | cycles | changes in the Verilog | in the netlist | difference | reads | writes | nets | commit |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
BUSY = """
In a cycle in which its layer is busy (a pass or a sweep, by the simulator of the control) a register bit changes {value:.3f}
times in the median of {layers} layers, {low:.3f} at least, {high:.3f} at most (commit {commit:.12}); `estimate` takes these.
"""


SPEEDS = """
## Clocks

Cores placed and routed for an ECP5 (LFE5UM-85F, speed grade 6, out of context) by nextpnr with the first of its seeds
1 to 3 that reaches 100 MHz; the clock is that of the slowest path between two registers.

| core | MHz | combinational cells | flip-flops | block memories | tools | commit |
| --- | --- | --- | --- | --- | --- | --- |
"""


def summed(progress: Progress) -> dict[str, Any]:
    """Counts by kind of what was compared on one commit."""
    kinds: dict[str, Counter[str]] = {}
    networks: dict[str, set[str]] = {}
    for name, row in progress.rows.items():
        counts = kinds.setdefault(row["kind"], Counter())
        counts.update({row["outcome"]: 1, "spikes": row["spikes"], "cycles": row["cycles"]})
        networks.setdefault(row["kind"], set()).add(name.rpartition(", ")[0])
    found = {kind: {"networks": len(networks[kind]), **_ordered(counts)} for kind, counts in kinds.items()}
    return {"commit": progress.commit, "kinds": found}


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return {what: counts[what] for what in ("equal", "wrong", "refused", "spikes", "cycles")}


def load(path: Path) -> dict[str, Any]:
    """What was compared before; empty where nothing was."""
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def save(found: Mapping[str, Any], path: Path) -> None:
    """As JSON; parts that were not compared this time stay."""
    path.write_text(json.dumps({**load(path), **found}, indent=1) + "\n")


def save_trained(state: Mapping[str, Any], path: Path) -> None:
    """A trained network's count; more images of an older circuit stay, with their commit."""
    rows = load(path).get("trained", {})
    if state["images"] >= rows.get(state["name"], {}).get("images", 0):
        rows[state["name"]] = {key: state[key] for key in TRAINED_KEPT if key in state}
    save({"trained": rows}, path)


def save_rows(part: str, rows: Mapping[str, Any], path: Path) -> None:
    """Netlists that were simulated, or cores that were placed; others stay, with their commit."""
    save({part: {**load(path).get(part, {}), **rows}}, path)


def write(found: Mapping[str, Any], path: Path) -> None:
    """The page: a row for each kind of network, their sum, and the trained networks."""
    rows = dict(sorted(found.get("kinds", {}).items()))
    total: Counter[str] = Counter()
    for counts in rows.values():
        total.update(counts)
    lines = [_line(kind, counts) for kind, counts in (*rows.items(), ("**all**", total))]
    text = HEAD.format(commit=found.get("commit", "-"), samples=SAMPLES) + "\n".join(lines) + "\n"
    if "trained" in found:
        text += TRAINED + "".join(_trained(name, row) for name, row in sorted(found["trained"].items()))
    if "netlists" in found:
        text += NETLISTS + "".join(_netlist(name, row) for name, row in sorted(found["netlists"].items()))
    if "speeds" in found:
        text += SPEEDS + "".join(_speed(name, row) for name, row in sorted(found["speeds"].items()))
    if "activity" in found:
        text += ACTIVITY + "".join(_activity(name, row) for name, row in sorted(found["activity"].items()))
    if "busy" in found:
        text += BUSY.format(**found["busy"])
    path.write_text(text)


def _trained(name: str, row: Mapping[str, Any]) -> str:
    each = row["cycles"] / row["images"]
    return (
        f"| {name} | {row['lanes']:,} | {row['images']:,} | {row['spikes']:,} | {each:,.0f} "
        f"| {row.get('tool', FIRST_TOOL)} | {row['commit'][:12]} |\n"
    )


def _activity(name: str, row: Mapping[str, Any]) -> str:
    numbers = (f"{row[key]:,.0f}" for key in ("cycles", "rtl", "netlist"))
    rest = (
        f"{row['percent']:+.1f} %",
        f"{row['reads']:,.0f}",
        f"{row['writes']:,.0f}",
        f"{row['net_per_register']:.2f}",
    )
    return f"| {name} | {' | '.join((*numbers, *rest))} | {row['commit'][:12]} |\n"


def _netlist(name: str, row: Mapping[str, Any]) -> str:
    return f"| {name} | {row['outcome']} | {row['spikes']:,} | {row['cycles']:,} | {row['commit'][:12]} |\n"


def _speed(name: str, row: Mapping[str, Any]) -> str:
    counts = " | ".join(f"{row[what]:,}" for what in ("comb", "ff", "blocks"))
    tools = f"{row['tools']}, seed {row.get('seed', 1)}"
    return f"| {name} | {row['clock_mhz']:.1f} | {counts} | {tools} | {row['commit'][:12]} |\n"


def _line(kind: str, counts: Mapping[str, int]) -> str:
    numbers = (counts[what] for what in ("networks", "equal", "wrong", "refused", "spikes", "cycles"))
    return f"| {kind} | " + " | ".join(f"{number:,}" for number in numbers) + " |"
