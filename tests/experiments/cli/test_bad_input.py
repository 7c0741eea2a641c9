"""Bad input: one sentence on stderr, exit code 2, no traceback, and nothing that was not there before."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from spikewright.experiments.cli import main
from spikewright.experiments.models.table import build
from spikewright.experiments.runs.origin import Origin, stamp
from spikewright.experiments.training.checkpoint import save_weights

FACTORY = """
from torch import nn
def tiny():
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))
def pooled():
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(144, 10))
def number():
    return 3
"""


class Case:
    """A command that must fail: `arguments` may use {made} and {here}; `prepare` writes what it needs into `here`."""

    def __init__(
        self, name: str, arguments: str, words: str, prepare: Callable[[Path, Path], None] | None = None
    ) -> None:
        self.name, self.arguments, self.words = name, arguments.split(), words
        self.prepare = prepare or (lambda made, here: None)


def _truncated(made: Path, here: Path) -> None:
    content = (made / "net.spike").read_bytes()
    (here / "cut.spike").write_bytes(content[: len(content) // 2])


def _empty(made: Path, here: Path) -> None:
    (here / "empty.spike").write_bytes(b"")


def _header(change: Callable[[dict], None]) -> Callable[[Path, Path], None]:  # type: ignore[type-arg]
    def prepare(made: Path, here: Path) -> None:
        content = (made / "net.spike").read_bytes()
        length = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + length])
        change(header)
        text = json.dumps(header).encode()
        (here / "bad.spike").write_bytes(len(text).to_bytes(8, "little") + text + content[8 + length :])

    return prepare


def _huge(header: dict) -> None:  # type: ignore[type-arg]
    inner = json.loads(header["__metadata__"]["spikewright"])
    inner["network"]["populations"][0]["shape"] = [2**31, 2**31, 2**31]
    header["__metadata__"]["spikewright"] = json.dumps(inner)


def _missing_tensor(header: dict) -> None:  # type: ignore[type-arg]
    header.pop(next(name for name in header if name != "__metadata__"))


def _pickle(made: Path, here: Path) -> None:
    import pickle

    class Hostile:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (here / "owned",))

    (here / "hostile.pt").write_bytes(pickle.dumps(Hostile()))
    (here / "bad.spike").write_bytes(pickle.dumps(Hostile()))
    (here / "theirs2.py").write_text(FACTORY)


def _nan(made: Path, here: Path) -> None:
    model = build("small_cnn")
    with torch.no_grad():
        next(model.parameters())[0] = float("nan")
    save_weights(here / "nan.safetensors", model)
    stamp(here / "nan.safetensors", Origin("small_cnn", "digits"))


def _module(text: str) -> Callable[[Path, Path], None]:
    return lambda made, here: (here / "theirs2.py").write_text(f"{text}\n") and None


def _npz(shape: tuple[int, ...], label: float, kind: type = np.float32) -> Callable[[Path, Path], None]:
    def prepare(made: Path, here: Path) -> None:
        images, labels = np.zeros((4, *shape), kind), np.full(4, label)
        np.savez(here / "odd.npz", train_images=images, train_labels=labels, test_images=images, test_labels=labels)

    return prepare


def _unsupported(made: Path, here: Path) -> None:
    (here / "theirs2.py").write_text(FACTORY)
    sys.path.insert(0, str(here))
    import theirs2

    torch.save(theirs2.pooled().state_dict(), here / "w.pt")


def _study(text: str) -> Callable[[Path, Path], None]:
    return lambda made, here: (here / "s.yaml").write_text(text) and None


CASES = [
    Case("unknown command option", "simulate {made}/net.spike --stepps 3", "unrecognized"),
    Case("steps 0 in convert", "convert {made}/model.safetensors --steps 0", "whole number from 1"),
    Case("steps 0 in simulate", "simulate {made}/net.spike --steps 0", "steps from 1"),
    Case("no number", "convert {made}/model.safetensors --steps many", "expected steps to be a whole number"),
    Case("missing file", "simulate nowhere.spike", "nowhere.spike"),
    Case("a folder as file", "simulate {made}", "readable file"),
    Case("empty network", "simulate empty.spike", "empty", _empty),
    Case("truncated network", "simulate cut.spike", "cut.spike", _truncated),
    Case("huge shapes", "simulate bad.spike", "bad.spike", _header(_huge)),
    Case("missing tensor", "simulate bad.spike", "tensor", _header(_missing_tensor)),
    Case("a pickle as network", "simulate bad.spike", "safetensors", _pickle),
    Case("a pickle as weights", "convert --model theirs2:tiny --weights hostile.pt --dataset digits", "state dict", _pickle),
    Case("weights instead of a network", "simulate {made}/model.safetensors", "convert"),
    Case("a network instead of weights", "compress {made}/net.spike", "spiking network"),
    Case("NaN in compress", "compress nan.safetensors", "finite", _nan),
    Case("NaN in convert", "convert nan.safetensors", "finite", _nan),
    Case("NaN in attack", "attack nan.safetensors --images 4", "finite", _nan),
    Case("wrong image shape", "simulate {made}/net.spike --dataset odd.npz", "shape", _npz((1, 9, 9), 1)),
    Case("wrong shape in train", "train --dataset odd.npz --epochs 1", "images that fit", _npz((1, 12, 12), 1)),
    Case("labels out of range", "simulate {made}/net.spike --dataset odd.npz", "labels", _npz((1, 8, 8), 12)),
    Case("negative labels", "train --dataset odd.npz", "labels", _npz((1, 8, 8), -1)),
    Case("unsupported layer", "convert --model theirs2:pooled --weights w.pt --dataset digits", "tanh", _unsupported),
    Case("unknown device", "estimate {made}/net.spike --device xc7nothing", "device out of"),
    Case("unknown device in export", "export {made}/net.spike --device xc7nothing", "device out of"),
    Case("time code in hardware", "estimate {made}/ttfs.spike", "fixed"),
    Case("unknown column", "export {made}/net.spike --best-by beauty", "columns"),
    Case("unknown data set", "train --dataset cats", "data set out of"),
    Case("data folder without data", "train --dataset mnist --data {made}", "files of mnist"),
    Case("unknown model", "train --model vgg99", "model out of"),
    Case("unknown zoo network", "train --zoo vgg99", "network out of"),
    Case("no epochs", "train --epochs 0", "epoch"),
    Case("sparsity 1", "compress {made}/model.safetensors --sparsity 1", "sparsity"),
    Case("bits 1", "compress {made}/model.safetensors --bits 1", "bits"),
    Case("no images", "simulate {made}/net.spike --images 0", "at least 1 image"),
    Case("unknown engine", "simulate {made}/net.spike --engine warp", "engine among"),
    Case("unknown attack", "attack {made}/net.spike --attacks magic", "attack out of"),
    Case("negative epsilon", "attack {made}/net.spike --epsilons -1 --images 4", "strength"),
    Case("nothing to convert", "convert", "got neither"),
    Case("no such factory", "convert --model theirs3:x --weights {made}/model.safetensors --dataset digits", "theirs3"),
    Case("factory of a number", "convert --model theirs2:number --weights w.pt --dataset digits", "nn.Module", _unsupported),
    Case("unwritable model", "train --epochs 1 --out {made}/net.spike/x.safetensors", "writable"),
    Case("unwritable table", "simulate {made}/net.spike --out {made}/net.spike/x", "writable"),
    Case("unwritable core", "export {made}/net.spike --out {made}/net.spike/core", "writable"),
    Case("a file where the core goes", "export {made}/net.spike --out {made}/net.spike", "folder"),
    Case("unwritable demo", "demo --out {made}/net.spike/demo", "writable"),
    Case("demo of unknown data", "demo --dataset cats --out d", "data set out of"),
    Case("negative seed", "demo --seed -1 --out d", "expected a whole number from 0"),
    Case("huge seed", "train --epochs 1 --seed 99999999999999999999", "2**63"),
    Case("a module that raises", "train --model theirs2:pooled", "ZeroDivisionError", _module("1 / 0")),
    Case("a module that is no Python", "train --model theirs2:pooled", "SyntaxError", _module("def (")),
    Case("a factory that wants more", "train --model theirs2:one", "without arguments", _module("def one(a): ...")),
    Case("a factory that is none", "train --model theirs2:one", "function that returns", _module("one = 1")),
    Case("a relative module", "train --model ../theirs:one", "package.module:object"),
    Case("data set that is no archive", "train --dataset odd.npz", "odd.npz", lambda made, here: (
        (here / "odd.npz").write_bytes(b"PK\x03\x04")) and None),
    Case("labels of a billion", "train --dataset odd.npz", "number the classes", _npz((1, 8, 8), 10**9)),
    Case("fractional labels", "train --dataset odd.npz", "whole numbers", _npz((1, 8, 8), 0.5)),
    Case("integer pixels", "train --dataset odd.npz", "/ 255", _npz((1, 8, 8), 1, np.uint8)),
    Case("images without channels", "train --dataset odd.npz", "images[:, None]", _npz((8, 8), 1)),
    Case("another data set than the zoo's", "train --zoo small-digits --dataset mnist", "without --dataset"),
    Case("another model than the zoo's", "train --zoo small-digits --model small_cnn --dataset mnist", "try"),
    Case("no samples in diagnose", "diagnose {made}/net.spike {made}/model.safetensors --samples 0", "at least 1 sample"),
    Case("bits of floats", "convert {made}/model.safetensors --float --potential-bits 16", "without one of them"),
    Case("bits of spike times", "convert {made}/model.safetensors --recipe ttfs --weight-bits 4", "without one of them"),
    Case("limit without a layer", "convert {made}/model.safetensors --neuron burst --limits 3", "NAME=VALUE"),
    Case("a folder's own name", "simulate {made}/net.spike --out .", "name of a file"),
    Case("no workers", "demo --workers 0 --out d", "at least 1 worker"),
    Case("study that is not there", "study nowhere.yaml", "nowhere.yaml"),
    Case("study with an unknown field", "study s.yaml", "model.colour", _study("model: {zoo: lenet5-mnist, colour: red}")),
    Case("study with steps 0", "study s.yaml", "conversions[0]", _study(
        "model: {zoo: lenet5-mnist}\nconversions: [{name: a, recipe: rate, steps: 0}]")),
    Case("study that is no YAML", "study s.yaml", "YAML", _study("model: [")),
    Case("study that is a list", "study s.yaml", "fields", _study("- 3")),
    Case("report of nothing", "report {made}", "finished study"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_bad_input_is_one_sentence(
    case: Case, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("theirs2", "theirs3"):
        sys.modules.pop(name, None)
    case.prepare(made, tmp_path)
    before = {
        folder: [path for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts]
        for folder in (tmp_path, made)
    }
    try:
        code = main([argument.format(made=made, here=tmp_path) for argument in case.arguments])
    except SystemExit as stopped:  # argparse
        code = stopped.code if isinstance(stopped.code, int) else 1
    told = capsys.readouterr()
    assert code == 2, told
    lines = told.err.splitlines()
    assert len(lines) == 1 and case.words in lines[0], told.err
    for folder, files in before.items():
        assert [path for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts] == files
