"""`spikewright adapt`: a file that convert refuses becomes one that it takes, and the flags are those of the record."""

from pathlib import Path

import pytest
from torch import nn

from spikewright.compress import TrainSettings
from spikewright.compress.adapting.substitutes.clipped import Qcfs, Relu6
from spikewright.experiments.cli import main
from spikewright.experiments.cli.adapting import adapt_method
from spikewright.experiments.cli.parser import make_parser

MODEL = ["--model", "tests.experiments.cli.test_adapting:smooth", "--dataset", "digits"]


def smooth() -> nn.Module:
    """For the digits, with a SiLU and max pooling."""
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.SiLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10))


@pytest.mark.parametrize("more", [[], ["--unlabelled"]])
def test_what_is_adapted_converts(tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    model, adapted, network = (str(tmp_path / name) for name in ("m.safetensors", "a.safetensors", "n.spike"))
    assert main(["train", *MODEL, "--epochs", "1", "--out", model, "--quiet"]) == 0
    convert = ["convert", *MODEL, "--samples", "40", "--no-diagnosis", "--quiet", "--out", network]
    assert main([*convert, "--weights", model]) == 2
    assert "or try spikewright adapt first" in capsys.readouterr().err
    given = ["--weights", model, "--for-hardware", "--epochs", "1", "--train", "60", "--quiet", "--out", adapted, *more]
    assert main(["adapt", *MODEL, *given]) == 0
    told = capsys.readouterr().out
    assert "silu by relu at 1" in told and "maxpool2d by average_pool at 2" in told
    assert ("agreement over 450" if more else "accuracy over 450") in told
    assert main([*convert, "--weights", adapted]) == 0


def test_flags_are_settings() -> None:
    asked = ["adapt", "m.safetensors", "--replace", "SiLU=qcfs,levels=4", "features.3=relu6", "gate=keep"]
    method = adapt_method(make_parser().parse_args([*asked, "--epochs", "2", "--seed", "3", "--labels", "0.25"]))
    assert dict(method.replace) == {"SiLU": Qcfs(levels=4), "features.3": Relu6(), "gate": None}
    assert method.training == TrainSettings(epochs=2, lr=3e-3, seed=3) and method.labels == 0.25


@pytest.mark.parametrize(
    ("word", "said"),
    [("SiLU", "try SiLU=relu6"), ("SiLU=", "PLACE=NAME"), ("SiLU=rellu", "try relu"), ("SiLU=relu,x=1", "got x")],
)
def test_other_words_are_told(word: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "weights").touch()
    told = ["--weights", str(tmp_path / "weights"), "--replace", word, "--out", str(tmp_path / "a")]
    assert main(["adapt", *MODEL, *told]) == 2
    assert said in capsys.readouterr().err
