"""Everything in the project that writes: what it is called with, which functions of the source it covers, what it makes.

`tests/test_writers.py` points each at places where something else stands. A new writer is a line here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from spikewright import Table
from tests.hardware.small_networks import perceptron

Write = Callable[..., Any]


@dataclass(frozen=True)
class Writer:
    """`write(path)` writes; `write(path, force=True)` where `forced`. `files` are appended to the path's name.

    `kind`: writers of one kind may replace each other's. `covers`: the functions of the source that this one runs.
    """

    name: str
    kind: str
    write: Write
    covers: tuple[str, ...]
    files: tuple[str, ...] = ("",)
    forced: bool = True


TABLE = Table.of([{"a": 1, "b": "x"}])


@cache
def model() -> Any:
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(6, 3))


@cache
def compressed() -> Any:
    from spikewright.compress import prune

    return prune(model(), 0.5)


def save_compressed(path: Path, force: bool = False) -> None:
    from spikewright.compress import save

    save(compressed(), path, force=force)


def save_nir(path: Path, force: bool = False) -> None:
    import nir

    from spikewright.snn.interop.nir import write_nir

    graph = nir.NIRGraph.from_list(nir.Affine(np.eye(2), np.zeros(2)))
    write_nir(graph, path, force=force)


def save_picture(path: Path, force: bool = False) -> None:
    from spikewright.experiments.plots.style import save_figure, styled

    with styled():
        import matplotlib.pyplot as plt

        save_figure(plt.figure(figsize=(1, 1)), path, force=force)


def save_weights(path: Path, force: bool = False) -> None:
    from spikewright.experiments.training.checkpoint import save_weights as save

    save(path, model(), force=force)


def stamp_network(path: Path) -> None:
    """What is there is stamped; where nothing is, a network is saved first."""
    from spikewright.experiments.runs.origin import Origin, stamp

    if not path.exists():
        perceptron((4, 3, 2)).save(path)
    stamp(path, Origin("small_cnn", "digits"))


def write_zoo_card(path: Path, force: bool = False) -> None:
    from spikewright.experiments.zoo import card
    from spikewright.experiments.zoo.cards import write_card

    write_card(path, card("small-digits"), force=force)


def publish_zoo(path: Path, force: bool = False) -> None:
    from spikewright.experiments.data.load import load_dataset
    from spikewright.experiments.training.recipe import TrainLog
    from spikewright.experiments.zoo import card, load
    from spikewright.experiments.zoo.recipes import entry
    from spikewright.experiments.zoo.training import Trained, publish

    log = TrainLog(card("small-digits").log.epochs)
    made = Trained(path.name, entry("small-digits"), load_dataset("digits"), load("small-digits"), log, "unknown")
    publish(made, path.parent, force=force)


def save_stdp(path: Path) -> None:
    from spikewright.experiments.data.load import load_dataset
    from spikewright.experiments.learning.checkpoint import Progressed, save_progress
    from spikewright.experiments.learning.stdp import design_of
    from spikewright.snn.learning.run import start_stdp

    learned = start_stdp(design_of(load_dataset("digits"), 4), 0)
    save_progress(path, {}, Progressed(learned, np.zeros(4, np.int64), ()))


def write_tex_table(path: Path) -> None:
    from spikewright import Table
    from spikewright.experiments.report.paper import write_tex

    write_tex(path.with_suffix(".tex"), Table.of([{"a": 1}]))


def write_report_page(path: Path) -> None:
    from spikewright.experiments.report.page import write_page

    write_page(path, '<html><meta name="generator" content="spikewright"></html>')


@cache
def measured() -> TemporaryDirectory[str]:
    """A folder of results, made once; it lives as long as the tests."""
    from benchmarks.report import publish

    folder = TemporaryDirectory()
    publish(Path(folder.name), "scale", TABLE, [lambda ax: None], "A caption.")
    return folder


def write_benchmark_page(path: Path) -> None:
    from benchmarks.page import write_page

    write_page(Path(measured().name), path)


def write_readme(path: Path) -> None:
    from docs.readme import write

    write(path, "# spikewright\n")


def write_proofs(path: Path) -> None:
    from spikewright.hardware.formal.stored import store_proofs

    store_proofs([], path)


def write_architectures(path: Path) -> None:
    from docs import architectures

    architectures.write_page(path, [architectures.INTRODUCTION])


def write_tables(path: Path) -> None:
    from docs import tables

    tables.write(path, tables.PAGE_FILE, tables.INTRODUCTION)


def write_catalogue(path: Path) -> None:
    from docs import tables

    tables.write(path, tables.CATALOGUE_FILE, '{"recipe": [], "attack": [], "corruption": []}')


def write_json_of_study(path: Path) -> None:
    from spikewright.experiments.records.provenance import Provenance
    from spikewright.experiments.studies.folder import PROVENANCE_FILE, write_json

    write_json(path, PROVENANCE_FILE, Provenance.of({}, (0,)).to_dict())


def parquet(path: Path, force: bool = False) -> None:
    from spikewright.experiments.report.tables import write_parquet

    write_parquet(TABLE, path, force=force)


def both_tables(path: Path, force: bool = False) -> None:
    from spikewright.experiments.report.tables import write_table

    write_table(TABLE, path, force=force)


FILES = [
    Writer(
        "Network.save", "network", lambda path, **force: perceptron((4, 3, 2)).save(path, **force), ("snn.files:save",)
    ),
    Writer("compress.save", "compressed", save_compressed, ("compress.storing.file:save",)),
    Writer("write_nir", "nir", save_nir, ("snn.interop.nir.file:write",)),
    Writer("save_figure", "figure", save_picture, ("experiments.plots.style:save_figure",), (".png", ".svg")),
    Writer(
        "Table.to_csv", "csv", lambda path, **force: TABLE.to_csv(path, **force), ("spikewright.table:Table.to_csv",)
    ),
    Writer("write_parquet", "parquet", parquet, ("experiments.report.tables:write_parquet",)),
    Writer("write_table", "csv", both_tables, (), (".parquet", ".csv")),
    Writer("save_weights", "weights", save_weights, ("experiments.training.checkpoint:save_weights",)),
    Writer("stamp", "stamped", stamp_network, ("experiments.runs.origin:stamp",), forced=False),
    Writer("write_card", "card", write_zoo_card, ("experiments.zoo.cards:write_card",)),
    Writer("publish", "zoo", publish_zoo, ("experiments.zoo.training:publish",), (".safetensors", ".json")),
    Writer("save_progress", "stdp", save_stdp, ("experiments.learning.checkpoint:save_progress",), forced=False),
    Writer("table in LaTeX", "tex", write_tex_table, ("experiments.report.paper:write_tex",), (".tex",), forced=False),
    Writer("report", "report", write_report_page, ("experiments.report.page:write_page",), forced=False),
    Writer("benchmark page", "bench", write_benchmark_page, ("benchmarks.page:write_page",), forced=False),
    Writer("README", "readme", write_readme, ("docs.readme:write",), forced=False),
    Writer("architectures", "architectures", write_architectures, ("docs.architectures:write_page",), forced=False),
    Writer("page of tables", "tables", write_tables, ("docs.tables:write",), forced=False),
    Writer("proofs", "proofs", write_proofs, ("hardware.formal.stored:store_proofs",), forced=False),
    Writer("catalogue", "catalogue", write_catalogue, ("docs.tables:write",), forced=False),
    Writer("provenance", "provenance", write_json_of_study, ("experiments.studies.folder:write_json",), forced=False),
]


def export_core(path: Path) -> None:
    from spikewright.hardware import export, time_multiplexed

    network = perceptron((4, 3, 2), steps=2)
    export(network, time_multiplexed(network), path)


def circuit(path: Path) -> None:
    from spikewright.hardware.circuit.shapes import PhysicalLanes
    from spikewright.hardware.circuit.top import build

    build(perceptron((4, 3, 2), steps=2), {"h0": PhysicalLanes(), "out": PhysicalLanes()}, path)


def checkpoint(path: Path) -> None:
    from spikewright.experiments.training.checkpoint import TrainingRun, save_checkpoint
    from spikewright.experiments.training.recipe import TrainLog, TrainRecipe

    optimiser = torch.optim.SGD(model().parameters(), 0.1)
    save_checkpoint(path, model(), optimiser, TrainingRun(TrainRecipe(1, 1, 0.1), "digits", 1), TrainLog())


def adapting(path: Path) -> None:
    """A checkpoint of an adaptation at `path`."""
    from spikewright.compress.adapting.resuming import CourseState, save_progress

    save_progress(path, "this", CourseState())


def published_core(path: Path) -> None:
    """The copy of a cell's core that a study puts in its own folder."""
    from spikewright.experiments.studies.cores import publish_core

    export_core(path.parent / "made" / "core")
    publish_core(path.parent / "made" / "core", path)


WHOLE = [
    Writer(
        "export",
        "core",
        export_core,
        (
            "hardware.core.folder:export",
            "hardware.core.writer:Writer.__init__",
            "hardware.core.writer:Writer._write",
            "hardware.core.circuit_files:write_circuit",
            "hardware.core.circuit_files:_write_verilog",
            "hardware.core.circuit_files:_write_streams",
        ),
    ),
    Writer("circuit", "circuit", circuit, ("hardware.circuit.top:build", "hardware.circuit.words:write_words")),
    Writer("save_checkpoint", "checkpoint", checkpoint, ("experiments.training.checkpoint:save_checkpoint",)),
    Writer("save_progress", "adapting", adapting, ("compress.adapting.resuming:save_progress",)),
    Writer("publish_core", "core", published_core, ("experiments.studies.cores:publish_core",)),
]


def small_study(path: Path) -> None:
    from spikewright.experiments.report.page import write_report
    from spikewright.experiments.studies.spec import make_study
    from spikewright.experiments.studies.study import run_study

    study = {
        "name": "small",
        "dataset": {"train": 40, "test": 10},
        "model": {"architecture": "small_cnn", "training": {"epochs": 1, "batch_size": 32}},
        "conversions": [{"name": "rate", "recipe": "rate", "steps": 2, "samples": 20}],
    }
    write_report(run_study(make_study(study), path))


def stdp(path: Path, function: str = "run_stdp") -> None:
    from spikewright.experiments.data.load import load_dataset
    from spikewright.experiments.learning.stdp import StdpRun, run_stdp, write_result

    data, wanted = load_dataset("digits").first(20, 10), StdpRun(4, 1, 0, 10)
    if function == "run_stdp":
        run_stdp(data, wanted, path)
    else:
        write_result(run_stdp(data, wanted), data, wanted, path)


def measurements(path: Path) -> None:
    from spikewright import InvalidFile
    from tests.experiments.measuring.test_sweeps import swept
    from tests.experiments.runs.cheap import cheap

    if swept(path, [cheap("a")]):
        raise InvalidFile("expected measurements, as it said")


def results(path: Path) -> None:
    from benchmarks.report import publish

    publish(path, "peers", TABLE, [lambda ax: None], "A caption.")


def fits(path: Path) -> None:
    """The trainings of a chain of methods at `path`."""
    from spikewright.compress import Prune, TrainSettings, apply_methods

    data = torch.zeros(4, 6), torch.zeros(4, dtype=torch.int64)
    apply_methods(model(), [Prune(0.5, rounds=1, final_epochs=1, training=TrainSettings(1))], data, checkpoint=path)


GROWING = [
    Writer(
        "run_study and write_report", "study", small_study,
        ("experiments.records.store:Store.claim", "experiments.report.page:write_report",
         "experiments.stages.simulation:_save_raster", "experiments.stages.conversion:save_points"),
    ),
    Writer(
        "apply_methods", "fits", fits,
        ("compress.training.epochs:fits_kept", "compress.training.epochs:KeptFit.write"),
    ),
    Writer("run_stdp", "stdp", stdp, ("experiments.learning.stdp:run_stdp",)),
    Writer("write_result", "stdp", partial(stdp, function="write"), ("experiments.learning.stdp:write_result",)),
    Writer("sweeps", "measurements", measurements, ()),
    Writer("benchmarks", "results", results, ("benchmarks.report:publish", "benchmarks.report:claim_results")),
]  # fmt: skip

GROUND = (
    "files:atomic_path files:sibling folders:atomic_folder folders:claim_folder folders:restored folders:_swap folders:_remove "
    "marker:write_marker marker:remember"
).split()
"""The mechanism itself, with tests of its own in tests/spikewright/test_files.py and its neighbours."""

IN_STORES = {
    "experiments.records": "store:Store.commit store:Store.put_aside collecting:remove publishing:_remove_others "
    "publishing:place publishing:write_csv tables:TableWriter._write tables:_scratch "
    "freshness:MadeFiles.begin freshness:MadeFiles.keep",
    "experiments.runs": "kept:_write lock:only_run memory:start_counting packing:packed packing:unpack performing:_made "
    "state:RunState._put borrowed:borrowed_store borrowed:give_back borrowed:_root borrowed:_clear_up borrowed:_in_use "
    "work_folder:WorkFolder.tell work_folder:WorkFolder.begin_anew work_folder:work_in",
}
"""What writes below a store that was claimed, under names that have a cell's key in them: the tests beside each."""

ELSEWHERE = {
    "benchmarks.runs.__main__:write": "tests/benchmarks/runs/test_main.py",
    "benchmarks.runs.again:measured": "writes below a temporary folder of its own",
    "benchmarks.runs.looking:Looked.run": "writes into the folder of its own cell",
    "hardware.switching.tracing:trace": "writes below a temporary folder of its own",
    "hardware.switching.tracing:trace_netlist": "writes below a temporary folder of its own",
    "hardware.switching.rtl_signals:registers": "writes below a temporary folder of its own",
    "hardware.switching.tracing:_traced": "opens a pipe below a temporary folder of its own",
    "hardware.cosim.axis_bench:run": "writes below a temporary folder of its own",
    "hardware.formal.solving:_yosys": "writes below a temporary folder of its own",
    "hardware.circuit.winners:build_winners": "writes as build does, as a circuit",
    "hardware.cosim.winners:_simulated": "writes below a temporary folder of its own",
    "hardware.synthesis.yosys:_copy": "writes below a temporary folder of its own",
    "hardware.synthesis.yosys:_through_yosys": "writes below a temporary folder of its own",
    "hardware.cosim.icarus:run": "writes below a temporary folder of its own",
    "hardware.cosim.icarus:simulate_text": "writes below a temporary folder of its own",
    "hardware.cosim.netlists:run": "writes below a temporary folder of its own",
    "hardware.cosim.netlists:synthesised": "writes below a temporary folder of its own",
    "hardware.cosim.verilator:_called": "writes below a temporary folder of its own",
    "hardware.cosim.verilator:_written": "writes below a temporary folder of its own",
    "hardware.cosim.verilator:kept": "tests/hardware/cosim/test_verilator.py",
    "experiments.report.paper:write_paper": "tests/experiments/report/test_paper.py",
    "experiments.stages.examples:Examples.save": "writes into the folder of its own cell",
    "experiments.cli:main": "closes the standard output behind a closed pipe; no file",
    "experiments.projects.template:_written": "tests/experiments/projects/test_template.py",
    "snn.interop.nir.exchange:_own": "writes below a temporary folder of its own",
    "experiments.data.downloads:download_once": "tests/experiments/data/test_sources.py",
    "experiments.data.downloads:unpack": "tests/experiments/data/test_sources.py",
}

COVERED = {
    *(f"spikewright.{name}" for name in GROUND),
    *ELSEWHERE,
    *(f"{room}.{name}" for room, names in IN_STORES.items() for name in names.split()),
    *(name for writer in (*FILES, *WHOLE, *GROWING) for name in writer.covers),
}
