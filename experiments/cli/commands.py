"""The commands as data: what each is for, where it is run, an example, and its flags. Nothing heavy is imported here.

A new command is an entry of `COMMANDS`, and a function `run_NAME` in the module that the entry names.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

from spikewright.experiments.cli.arguments import (
    ADAPT,
    ATTACK,
    COMPRESS,
    COSTS,
    DATA,
    DEVICE,
    EXPORT,
    FACTORY,
    FIXED,
    LANES,
    LOADS,
    RECIPE,
    RUN,
    SAMPLES,
    SOURCE,
    TRAINING,
    WIDE,
    WORKERS,
    bound,
    dataset,
    design,
    folder,
    images,
    number,
    out,
    whole,
)
from spikewright.experiments.cli.flags import Flag, TableFlags, flag


@dataclass(frozen=True)
class Command:
    """One command.

    module: where its function `run_NAME` is, in `experiments.cli`.
    summary: what it does, in a line.
    example: how it is called.
    flags: its arguments, those of a table's settings as one.
    tables: tables whose names `--help` lists, by what one of them is called.
    """

    module: str
    summary: str
    example: str
    flags: tuple[Flag | TableFlags, ...]
    tables: tuple[str, ...] = ()


COMMANDS: dict[str, Command] = {
    "demo": Command(
        "studies", "Run the whole pipeline on one data set and write a report.", "spikewright demo --out runs/demo",
        (flag("--dataset", default="digits", metavar="NAME", told="digits (built in), mnist or fashion-mnist"), DATA,
         folder("runs/demo", "folder of the results"), *WORKERS),
        ("data set",),
    ),
    "train": Command(
        "models", "Train a built-in network, or your own.", "spikewright train --model small_cnn --dataset digits",
        (flag("--model", told="built-in architecture, or your own as package.module:factory (default: small_cnn)"),
         flag("--zoo", metavar="NAME", told="take this trained network instead of training one"), *dataset("digits"),
         TRAINING, flag("--checkpoint", type=Path, told="folder to resume from after each epoch"), *out("model.safetensors")),
        ("data set", "model", "network"),
    ),
    "compress": Command(
        "models", "Prune and quantise a trained network with fine-tuning, or apply any methods.",
        "spikewright compress model.safetensors --sparsity 0.8 --bits 4 --activation-bits 3\n"
        "  spikewright compress model.safetensors --method prune,sparsity=0.9,rounds=2 quantize,bits=3\n"
        "  spikewright compress --model mymodels:lenet --weights lenet.pt --dataset mnist --data FOLDER",
        (*SOURCE, COMPRESS, flag("--method", nargs="+", metavar="NAME,FIELD=VALUE",
         told="methods one after the other, instead of the flags of pruning and quantising"), WIDE,
         *out("compressed.safetensors")),
        ("method", "data set"),
    ),
    "adapt": Command(
        "adapting", "Replace what has no spiking form, and train the network to answer as before.",
        "spikewright adapt model.safetensors --for-hardware\n"
        "  spikewright adapt model.safetensors --replace SiLU=relu6 features.3.act=qcfs,levels=4 gate=no_gate --unlabelled",
        (*SOURCE, flag("--replace", nargs="+", default=[], metavar="PLACE=NAME", told="what stands in, by path, kind of layer, "
         "or activation, gate, norm, pooling; keep leaves what is there"),
         flag("--epochs", type=whole(0), default=5, told="training after the last replacement"),
         flag("--lr", type=number(), default=3e-3, told="its first learning rate"),
         flag("--unlabelled", action="store_true", told="learn from the network's own answers alone"),
         flag("--train", type=whole(), told="first training images to use (default: all)"), ADAPT, *out("adapted.safetensors")),
        ("substitute", "data set"),
    ),
    "convert": Command(
        "convert", "Turn a trained or compressed network into a spiking one, and say where it loses.",
        "spikewright convert compressed.safetensors --recipe rate --steps 7\n"
        "  spikewright convert model.safetensors --neuron burst --steps 4 --limit 3 --schedule layerwise\n"
        "  spikewright convert --model mymodels:network --weights network.pt --dataset mine.npz --recipe ttfs --check",
        (*SOURCE, SAMPLES, flag("--float", action="store_true", told="keep float32 numbers instead of integers"),
         flag("--weight-bits", type=whole(2, 16), told="most bits of a weight in integers (default: 8)"),
         flag("--potential-bits", type=whole(4, 32), told="bits of a potential in integers (default: as many as never saturate)"),
         flag("--check", action="store_true", told="only list what stands in the way, of recipe and hardware too; write nothing"),
         flag("--diagnosis", action=argparse.BooleanOptionalAction, default=True,
              told="say where it loses, and compare with the CNN at equal information"),
         flag("--input-range", nargs=2, type=number(), metavar=("LOW", "HIGH"),
              told="where the inputs lie (default: where those of the data set do, [0, 1] or the input_range of its .npz)"),
         images(200), flag("--recipe", default="rate", metavar="NAME", told="the code"), RECIPE, WIDE, *out("network.spike")),
        ("recipe", "data set"),
    ),
    "diagnose": Command(
        "convert", "Say where a spiking network loses against its model, layer by layer, and draw it.",
        "spikewright diagnose network.spike compressed.safetensors --images 500 --out diagnosis",
        (flag("network", type=Path, told="a network that convert wrote"), *SOURCE, SAMPLES, images(200), WIDE,
         *out("diagnosis")),
        ("data set",),
    ),
    "simulate": Command(
        "models", "Run a spiking network on the test images, event by event.", "spikewright simulate network.spike --images 200",
        (flag("file", type=Path, told="a network that convert wrote"), *dataset(),
         flag("--steps", type=whole(1, 1_000_000), told="other than the network's own"),
         flag("--engine", told="event, temporal or reference (default: as the code needs)"), images(), WIDE, *out("activity")),
        ("data set",),
    ),
    "attack": Command(
        "assess", "Attack models and spiking networks, and put noise on them.",
        "spikewright attack model.safetensors network.spike --attacks pgd --epsilons 0.05 0.1 --images 100\n"
        "  spikewright attack network.spike --attacks fgsm pgd,steps=40,loss=margin --noise stuck-at-0 --strengths 0.05",
        (flag("files", nargs="+", type=Path, told="models and networks, side by side"), *dataset(), FACTORY,
         flag("--attacks", "--attack", nargs="*", default=["fgsm", "pgd"], metavar="NAME", told="attacks"),
         flag("--epsilons", nargs="+", type=number(), default=[0.02, 0.05, 0.1], told="budgets"), ATTACK,
         flag("--transfer-from", type=Path, metavar="FILE", told="make the adversarials on this model instead"),
         flag("--noise", nargs="*", default=[], metavar="NAME", told="corruptions"),
         flag("--strengths", nargs="+", type=number(), default=[0.1, 0.2], told="of the noise"), images(200), WIDE,
         *out("attack")),
        ("attack", "corruption", "data set"),
    ),
    "estimate": Command(
        "assess", "Estimate area, latency and energy of one design on an FPGA.",
        "spikewright estimate network.spike --design hybrid --device xc7a100t",
        (FIXED, *dataset(), design("hybrid"), DEVICE, LOADS, images(), WIDE, *out("estimate")),
        ("device", "data set"),
    ),
    "break-even": Command(
        "costing", "Say for how many spikes a network costs as much as the CNN that says as much, over the steps.",
        "spikewright break-even network.spike --images 200 --over 1 2 4 8 16",
        (FIXED, *dataset(), flag("--over", nargs="+", type=whole(1, 1_000_000), default=[1, 2, 4, 8, 16, 32], metavar="STEPS",
         told="numbers of steps to look at, beside the network's own"),
         flag("--memory-access", default="word", metavar="{word,bus,width,FILE.csv}", told="what an access to memory costs"),
         images(), WIDE, *out("break-even")),
        ("data set",),
    ),
    "partition": Command(
        "boards", "Cut a design that is too large for a device over several of them, and say what crosses between.",
        "spikewright partition network.spike --lanes 64 --device ecp5-25k --link-mbit 1000",
        (FIXED, *dataset(), design("fully-parallel"), LANES, DEVICE,
         flag("--link-mbit", type=number(0.001), default=1000.0, told="megabits a second from one to the next"),
         flag("--link-us", type=number(0.0), default=1.0, told="microseconds until a word is there"),
         flag("--word-bits", type=whole(1, 1024), default=32, told="bits of an event, or of the end of a step"), images(), WIDE,
         *out("partition")),
        ("device", "data set"),
    ),
    "stream": Command(
        "boards", "Put weights into a memory outside where a device has too few blocks, and say what that costs.",
        "spikewright stream network.spike --device xc7a35t --gbit 12.8",
        (FIXED, *dataset(), design("hybrid"), LANES, DEVICE,
         flag("--gbit", type=number(0.001), default=12.8, told="gigabits a second that the memory gives"), images(), WIDE,
         *out("stream")),
        ("device", "data set"),
    ),
    "explore": Command(
        "assess", "Estimate many designs and draw energy against area.", "spikewright explore network.spike --device xc7a100t",
        (flag("files", nargs="+", type=Path, told="fixed-point networks that convert wrote"), *dataset(), DEVICE,
         flag("--beside", nargs="+", default=[], metavar="DEVICE", told="other devices to look at as well"),
         flag("--bounds", nargs="+", default=[], type=bound, metavar="COLUMN=NUMBER",
              told="the most that a design may have, such as lut=20000 latency_us=500; the least of accuracy"),
         flag("--grid", action="store_true", told="try lanes at several positions for few channels too"), LOADS, images(),
         WIDE, *out("explore")),
        ("device", "data set"),
    ),
    "costs": Command(
        "costing", "Say what each compressed model costs and saves on an FPGA, as a spiking network and as a CNN.",
        "spikewright costs model.safetensors compressed.safetensors --lanes 16\n"
        "  spikewright costs model.safetensors blocks.safetensors --match area --steps 15 --device ecp5-25k",
        (flag("files", nargs="+", type=Path, told="models, the uncompressed one first"), FACTORY, *dataset(), COSTS, images(),
         flag("--recipe", default="rate", metavar="NAME", told="the code"), RECIPE, WIDE, *out("costs")),
        ("recipe", "device", "data set"),
    ),
    "export": Command(
        "assess", "Write a spike core with memories and golden traces, and replay it.",
        "spikewright export network.spike --design best --out spike-core\n"
        "  spikewright export network.spike --design 16/32/8/10 --verify",
        (FIXED, *dataset(), design("best"), EXPORT, images(), flag("--verify", action="store_true",
         told="simulate the written Verilog with Icarus Verilog against the golden traces"),
         flag("--limit", type=whole(), metavar="CYCLES", told="give a simulation up after so many clock cycles"),
         LOADS, flag("--pixels", type=whole(1, 65535), metavar="LEVELS",
              told="the core takes images of so many levels above 0 (255 for bytes) instead of events"),
         folder("spike-core", "folder to write")),
        ("device", "data set"),
    ),
    "check": Command(
        "targets", "Say what of a network no spike core has, where, what to use instead, and whether it fits the device.",
        "spikewright check network.spike --target fpga --device xc7a35t",
        (FIXED, flag("--target", default="fpga", choices=("fpga",), told="what it is to run on"), DEVICE, WIDE),
        ("device",),
    ),
    "study": Command(
        "studies", "Run what is missing of a study and write its report.", "spikewright study study.yaml --workers 2\n"
        "  spikewright study study.yaml --dry-run",
        (flag("file", type=Path, told="the study, YAML or TOML"),
         flag("--out", type=Path, told="folder of the results, gone on with where it has some (default: runs/NAME)"),
         flag("--into", type=Path, metavar="FOLDER", told="a new folder of the results instead: refused where anything is in it"),
         flag("--dry-run", action="store_true", told="only tell the cells, which of them are stored, and what the others may "
              "take; run and write nothing"), *WORKERS),
        ("method", "substitute", "recipe", "attack", "corruption", "device", "stage", "data set", "model", "network"),
    ),
    "new": Command(
        "studies", "Begin a project: a study with your own model, data set, attack and board, which runs as it is.",
        "spikewright new snowflakes", (flag("folder", type=Path, told="the folder to make; it may be there if it is empty"),),
    ),
    "stdp": Command(
        "learn", "Train a winner-take-all network without labels, by spike timing.",
        "spikewright stdp --data FOLDER --neurons 400 --seed 0",
        (flag("--dataset", metavar="NAME", told="a name, or your own FILE.npz (default: mnist with --data, digits without)"),
         DATA, flag("--neurons", type=whole(1, 1_000_000), told="neurons that learn (default: 400; digits: 100)"),
         flag("--passes", type=whole(), told="passes over the training images (default: 1; digits: 5)"),
         folder("runs/stdp", "folder of the results, resumed from")),
        ("data set",),
    ),
    "report": Command(
        "studies", "Write the report of a study again.", "spikewright report runs/demo",
        (RUN, flag("--paper", action="store_true", told="also figures as PDF and tables as LaTeX, below paper/")),
    ),
    "query": Command(
        "stores", "Ask the results of a study in SQL.",
        "spikewright query runs/demo \"select network, accuracy from accuracy order by accuracy desc\"",
        (RUN, flag("question", nargs="?", metavar="SQL", told="the question; without one, the tables that there are"),
         flag("--csv", action="store_true", told="print the answer as CSV"),
         flag("--tex", action="store_true", told="print the answer as a table of LaTeX"), WIDE),
    ),
    "status": Command(
        "stores", "Tell how a study stands that runs in another terminal, or how its last run ended.",
        "spikewright status runs/demo --watch",
        (RUN, flag("--watch", action="store_true", told="until the run ends: live in a terminal, else a line at times")),
    ),
    "clean": Command(
        "stores", "List what the folder of a study holds and the study does not need any more, and remove it when told to.",
        "spikewright clean runs/demo --yes", (RUN, flag("--yes", action="store_true", told="remove what is listed")),
    ),
}  # fmt: skip
