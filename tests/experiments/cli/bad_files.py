"""One folder with everything that a newcomer might hand to a command by mistake: files of each kind that are broken or something
else, data sets whose arrays are odd, modules that raise, studies that contradict themselves."""

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright.experiments.models.table import build
from spikewright.experiments.runs.origin import Origin, stamp
from spikewright.experiments.training.checkpoint import save_weights
from tests.experiments.cli.bad_searches import SEARCHES

MODULES = {
    "theirs": """
import sys
from dataclasses import dataclass
from torch import nn
from spikewright.robustness.attacks.base import Attack

class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(64, 10)
    def forward(self, x): return self.fc(x.flatten(1)).nowhere()

def tiny(): return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))
def pooled(): return nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(144, 10))
def wide(): return nn.Sequential(nn.Flatten(), nn.Linear(64, 1000))
def needs(classes): return tiny()
def number(): return 3
def nothing(): pass
def raises(): raise ZeroDivisionError("my fault\\nin two lines")
def leaves(): sys.exit(0)
def stops(): raise SystemExit
def huge(): return nn.Linear(10**7, 10**7)
def recursive(): return recursive()
def a_class(): return nn.ReLU
def fails_later(): return Deep()
constant = 1
""",
    "broken": "def (",
    "divides": "1 / 0",
    "leaves": "import sys; sys.exit(3)",
    "lacks": "import a_package_that_nobody_has",
    "recursive": "def f(): f()\nf()",
    "empty": "",
}
STATES: dict[str, Any] = {
    "list": [1, 2],
    "number": 3,
    "keys": {"a": torch.zeros(1)},
    "words": {"0.weight": "x"},
    "later": {"fc.weight": torch.zeros(10, 64), "fc.bias": torch.zeros(10)},
}
"""What the files of weights that PyTorch wrote have in them."""
START = "model: {zoo: small-digits}\n"
STUDIES = {
    "good": "model: {zoo: small-digits}\n",
    "budget": "model: {zoo: small-digits}\nbudget: {hours: -1}\n",
    "place": "model: {zoo: small-digits}\ndataset: {name: digit}\n",
    "empty": "",
    "list": "- 3",
    "text": "just words",
    "open": "model: [",
    "tab": "model:\n\tzoo: x",
    "binary": "\0\1\2",
    "deep": "[" * 100_000,
    "deep_map": "model: " + "{a: " * 20_000,
    "bomb": "a: &a [x, x]\n"
    + "\n".join(f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]" for a, b in zip("abcdefghijkl", "bcdefghijklm", strict=True)),
    "circle": "model: &m {zoo: small-digits, training: *m}",
    "nothing": "name: x",
    "field": "model: {zoo: small-digits, colour: red}",
    "zoo": "model: {zoo: lenet5-mnst}",
    "seeds": START + "seeds: [-1]",
    "seedword": START + "seeds: [many]",
    "noseeds": START + "seeds: []",
    "steps": START + "conversions: [{name: a, recipe: rate, steps: 0}]",
    "recipe": START + "conversions: [{name: a, recipe: rat, steps: 4}]",
    "setting": START + "conversions: [{name: a, recipe: rate, stps: 4}]",
    "twice": START + "conversions: [{name: a, recipe: rate}, {name: a, recipe: rate}]",
    "source": START + "conversions: [{name: a, recipe: rate, source: nobody}]",
    "method": START + "compressions: [{name: c, methods: [{method: prun}]}]",
    "attack": START + "robustness: {attacks: [{kind: pgdd, epsilons: [0.1]}]}",
    "epsilon": START + "robustness: {attacks: [{kind: pgd, epsilons: [-0.1]}]}",
    "device": START + "hardware: {device: xc7a100}",
    "data": START + "dataset: {name: digts}",
    "images": START + "dataset: {name: digits, test: 0}",
    "date": START + "name: 2020-01-01",
    "stage": START + "stages: [{stage: trian}]",
    "name": START + "name: '../up'",
}


def prepare(folder: Path, made: Path) -> None:
    """Fill `folder`; `made` has the files of a short pipeline."""
    for name, text in MODULES.items():
        (folder / f"{name}.py").write_text(text)
    for name, (text, _) in SEARCHES.items():
        (folder / f"search_{name}.yaml").write_text(text)
    for name, text in STUDIES.items():
        (folder / f"{name}.yaml").write_text(text)
    (folder / "broken.toml").write_text("model = [")
    (folder / "budget.toml").write_text('[model]\nzoo = "small-digits"\n[budget]\ndays = 3\n')
    (folder / "latin.yaml").write_bytes("name: \xe9".encode("latin-1"))
    (folder / "much.yaml").write_text("#" * (2**20 + 1))
    for source, name in (("model.safetensors", "model.st"), ("net.spike", "net.spike"), ("ttfs.spike", "ttfs.spike")):
        shutil.copy(made / source, folder / name)
    _networks(folder)
    _data_sets(folder)
    _folders(folder)


def _networks(folder: Path) -> None:
    content = (folder / "net.spike").read_bytes()
    random = np.random.default_rng(0).bytes(5000)
    for ending in ("spike", "safetensors", "pt", "npz", "onnx", "pt2", "yaml", "pth", "bin"):
        (folder / f"none.{ending}").write_bytes(b"")
        (folder / f"noise.{ending}").write_bytes(random)
        os.symlink("/dev/zero", folder / f"zero.{ending}")
        os.mkfifo(folder / f"pipe.{ending}")
        (folder / f"folder.{ending}").mkdir()
        os.symlink(f"loop.{ending}", folder / f"loop.{ending}")
    (folder / "cut.spike").write_bytes(content[: len(content) // 2])
    (folder / "head.spike").write_bytes((2**40).to_bytes(8, "little") + b"{}")
    (folder / "deep.spike").write_bytes((100_000).to_bytes(8, "little") + b"[" * 100_000)
    for name, change in CHANGES.items():
        (folder / f"{name}.spike").write_bytes(_with_header(content, change))
    pickled = pickle.dumps(_Hostile(str(folder / "owned")))
    for ending in ("pt", "spike", "npz"):
        (folder / f"hostile.{ending}").write_bytes(pickled)
    for name, value in STATES.items():
        torch.save(value, folder / f"{name}.pt")
    torch.save(build("small_cnn").state_dict(), folder / "other.pt")
    tiny = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))
    torch.save(tiny.state_dict(), folder / "theirs.pt")
    whole = (folder / "other.pt").read_bytes()
    (folder / "cut.pt").write_bytes(whole[: len(whole) // 2])
    model = build("small_cnn")
    with torch.no_grad():
        next(model.parameters())[0] = float("nan")
    save_weights(folder / "nan.st", model)
    stamp(folder / "nan.st", Origin("small_cnn", "digits"))


def _data_sets(folder: Path) -> None:
    images = np.zeros((4, 1, 8, 8), np.float32)
    odd: dict[str, tuple[Any, Any]] = {
        "strings": (images, np.array(list("abcd"))),
        "objects": (images, np.array([None, 1, "a", []], dtype=object)),
        "fractions": (images, np.full(4, 0.5)),
        "nanlabels": (images, np.full(4, np.nan)),
        "inflabels": (images, np.full(4, np.inf)),
        "hugefloats": (images, np.full(4, 1e300)),
        "billion": (images, np.full(4, 10**9)),
        "unsigned": (images, np.full(4, 2**64 - 1, np.uint64)),
        "negative": (images, np.full(4, -1)),
        "bools": (images, np.ones(4, bool)),
        "complex": (images, np.ones(4, complex)),
        "dates": (images, np.array(["2020-01-01"] * 4, "datetime64[D]")),
        "matrix": (images, np.zeros((4, 2), np.int64)),
        "few": (images, np.zeros(3, np.int64)),
        "scalar": (images, np.int64(3)),
        "twelve": (images, np.full(4, 12)),
        "none": (images[:0], np.zeros(0, np.int64)),
        "flat": (images[:, 0], np.zeros(4, np.int64)),
        "integers": (images.astype(np.uint8), np.zeros(4, np.int64)),
        "nanimages": (np.full_like(images, np.nan), np.zeros(4, np.int64)),
        "bright": (images + 255, np.zeros(4, np.int64)),
        "wider": (np.zeros((4, 1, 12, 12), np.float32), np.zeros(4, np.int64)),
        "colour": (np.zeros((4, 3, 8, 8), np.float32), np.zeros(4, np.int64)),
        "empty_pixels": (np.zeros((4, 1, 0, 8), np.float32), np.zeros(4, np.int64)),
        "words": (np.array([["a"]] * 4), np.zeros(4, np.int64)),
    }
    for name, (x, y) in odd.items():
        np.savez(folder / f"d_{name}.npz", train_images=x, train_labels=y, test_images=x, test_labels=y)
    np.savez(folder / "d_part.npz", train_images=images, train_labels=np.zeros(4, np.int64))
    np.save(folder / "array", images)
    shutil.copy(folder / "array.npy", folder / "d_array.npz")
    good = {"train_images": images, "train_labels": np.arange(4), "test_images": images, "test_labels": np.arange(4)}
    np.savez(folder / "d_range.npz", **good, input_range=np.array([1.0, 0.0]))
    np.savez(folder / "good.npz", **good)
    whole = (folder / "good.npz").read_bytes()
    (folder / "d_cut.npz").write_bytes(whole[: len(whole) // 2])
    (folder / "d_flipped.npz").write_bytes(whole[:300] + b"\xff" * 8 + whole[308:])


def _folders(folder: Path) -> None:
    (folder / "thesis").mkdir()
    (folder / "thesis" / "chapter.tex").write_text("years of work")
    (folder / "notes.txt").write_text("mine")


class _Hostile:
    """A pickle that would touch a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path(self.path),))


def _with_header(content: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content[8 + length :]


def _inner(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def changed(header: dict[str, Any]) -> None:
        inner = json.loads(header["__metadata__"]["spikewright"])
        change(inner)
        header["__metadata__"]["spikewright"] = json.dumps(inner)

    return changed


CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "shapes": _inner(lambda inner: inner["network"]["populations"][0].update(shape=[2**31, 2**31, 2**31])),
    "version": _inner(lambda inner: inner.update(version=999)),
    "neuron": _inner(lambda inner: inner["network"]["populations"][1]["neuron"].update(type="Quantum")),
    "tensors": lambda header: header.pop(next(name for name in header if name != "__metadata__")),
    "offsets": lambda header: header[next(name for name in header if name != "__metadata__")].update(
        data_offsets=[0, 10**15]
    ),
}
"""By name, what is done to the header of a network."""
