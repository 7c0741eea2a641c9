"""What is computed decides, not how it is written: all spellings convert, and to the same numbers."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress import from_exported, from_onnx
from spikewright.compress.graph.view import trace
from spikewright.conversion import Rate, Ttfs, Unconvertible, convert, diagnose, rewritten
from spikewright.snn import simulate
from tests.conversion import spelled
from tests.conversion.architectures import images, lively, seq
from tests.conversion.spelled import Spelled, case
from tests.conversion.verdicts import answer, judged, relative

TABLES = {
    "averages": (spelled.AVERAGES, False),
    "maxima": (spelled.MAXIMA, False),
    "sequences": (spelled.SEQUENCES, True),
    "maxima of sequences": (spelled.SEQUENCE_MAXIMA, True),
    "every second": (spelled.EVERY_SECOND, False),
}
ALL = [(table, name) for table, (spellings, _) in TABLES.items() for name in spellings]


def logits(model: Any, x: Tensor) -> np.ndarray:
    network = convert(model, x, Ttfs(ranges="interval"))
    return np.asarray(simulate(network, x.numpy()).logits * network.logit_scale)


@pytest.mark.parametrize(("table", "name"), ALL)
def test_spellings_of_a_table_are_one_computation(table: str, name: str) -> None:
    spellings, length = TABLES[table]
    one, other = case(next(iter(spellings.values())), length=length), case(spellings[name], length=length)
    model, x = lively(other), images(other, 3)
    torch.testing.assert_close(answer(model, x), answer(lively(one), x), rtol=0, atol=1e-12)
    assert relative(rewritten(model, x)(x), answer(model, x)) < 1e-9
    assert relative(torch.from_numpy(logits(model, x)), answer(model, x)) < 1e-4


@pytest.mark.parametrize("name", spelled.SELECTIONS)
def test_selections_are_exact(name: str) -> None:
    verdict = judged(case(spelled.SELECTIONS[name]))
    assert verdict.plan < 1e-9 and verdict.spiking < 1e-4


@pytest.mark.parametrize("name", spelled.SPELLED)
def test_the_plan_and_the_spikes_are_the_model(name: str) -> None:
    verdict = judged(spelled.SPELLED[name])
    assert verdict.plan < 2e-5 and verdict.spiking < 1e-4


def test_rates_of_a_shortcut_approach_the_model() -> None:
    one = spelled.SPELLED["shortcut A"]
    model, x = lively(one), images(one, 3)
    network = convert(model, x, Rate(256, percentile=100.0))
    found = torch.from_numpy(simulate(network, x.numpy()).logits * network.logit_scale).double()
    assert relative(found, answer(model, x)) < 0.15


FILES = [
    *(("averages", name) for name in ("mean mean", "flatten mean", "squeeze squeeze", "index", "view(batch, -1)")),
    *(("every second", name) for name in ("strides", "rows, then columns", "cat with zeros")),
    ("sequences", "adaptive, indexed"),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("reader", ["exported", "onnx"])
@pytest.mark.parametrize(("table", "name"), FILES)
def test_readers_of_files_know_them_too(table: str, name: str, reader: str, tmp_path: Any) -> None:
    spellings, length = TABLES[table]
    one = case(spellings[name], length=length)
    model, x = lively(one), images(one, 3)
    if reader == "onnx":
        pytest.importorskip("onnx")
        path = tmp_path / "model.onnx"
        torch.onnx.export(model, (x,), path, dynamo=False, input_names=["x"], dynamic_axes={"x": {0: "n"}})
        read = from_onnx(path)
    else:
        read = from_exported(torch.export.export(model, (x,), dynamic_shapes=({0: torch.export.Dim.AUTO},)))
    assert relative(torch.from_numpy(logits(read, x)), answer(model, x)) < 1e-4


class Ending(nn.Module):
    def __init__(self, end: Any, outputs: int = 1) -> None:
        super().__init__()
        self.body, self.end = seq(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, outputs)), end

    def forward(self, x: Tensor) -> Tensor:
        return self.end(self.body(x))


ENDINGS: dict[str, Any] = {
    "squeeze(1)": lambda y: y.squeeze(1),
    "squeeze()": lambda y: y.squeeze(),
    "index": lambda y: y[:, 0],
    "flatten(0)": lambda y: y.view(-1),
    "sigmoid": nn.Sigmoid(),
    "sigmoid, squeezed": lambda y: torch.sigmoid(y).squeeze(-1),
    "squeezed, sigmoid": lambda y: y.squeeze(-1).sigmoid(),
    "scaled": lambda y: 3.0 * y.squeeze(1) - 1.0,
    "tanh": torch.tanh,
    "log sigmoid": F.logsigmoid,
}
FUNCTIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "log sigmoid": F.logsigmoid}


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("name", ENDINGS)
def test_the_end_of_a_network(name: str, outputs: int) -> None:
    if outputs > 1 and name not in FUNCTIONS:
        outputs = 1
    torch.manual_seed(0)
    model, x = Ending(ENDINGS[name], outputs).eval(), images(spelled.SPELLED["shortcut A"], 5)
    truth = answer(model, x)
    network = convert(model, x, Ttfs(ranges="interval"))
    found = torch.from_numpy(simulate(network, x.numpy()).logits * network.logit_scale).double().reshape(truth.shape)
    ended = next((function(found) for word, function in FUNCTIONS.items() if name.startswith(word)), found)
    ended = torch.sigmoid(found) if "sigmoid" in name and "log" not in name else ended
    torch.testing.assert_close(ended, truth, rtol=0, atol=1e-4)
    torch.testing.assert_close(rewritten(model, x)(x), truth, rtol=0, atol=1e-9)
    if "sigmoid" in name or name == "tanh":
        assert any("changes no order" in row.detail and "is 0 there" in row.detail for row in network.report)


@pytest.mark.parametrize("inside", [nn.Sigmoid(), nn.Tanh()])
def test_inside_they_are_refused_with_what_helps(inside: nn.Module) -> None:
    x = images(spelled.SPELLED["shortcut A"], 4)
    model = seq(nn.Conv2d(1, 4, 3), inside, nn.Flatten(), nn.Linear(144, 3)).eval()
    with pytest.raises(Unconvertible, match=r"_1 .*inside the model; try ReLU.*at the very end only"):
        convert(model, x, Ttfs())
    convert(seq(model[0], nn.ReLU(), model[2], model[3], inside).eval(), x, Ttfs())


@pytest.mark.parametrize(
    "spelling", [lambda h: h.mean(1).flatten(1), lambda h: h.flatten(1).view(-1, 9, 4, 4).amax((2, 3))]
)
def test_means_and_maxima_over_other_axes_are_exact(spelling: Any) -> None:
    one = case(spelling)
    model, x = lively(one), images(one)
    network = convert(model, x, Ttfs(ranges="interval"))
    found = torch.from_numpy(simulate(network, x.numpy()).logits * network.logit_scale).double()
    torch.testing.assert_close(found, answer(model, x), rtol=0, atol=1e-4)


def test_batch_norms_do_not_fold_through_channels_of_zeros() -> None:
    class Padded(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm, self.last = nn.Conv2d(1, 3, 3), nn.BatchNorm2d(5), nn.Conv2d(5, 2, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.last(F.relu(self.norm(F.pad(self.conv(x), (0, 0, 0, 0, 1, 1))))).flatten(1)

    one = spelled.Case(Padded, (1, 8, 8))
    model, x = lively(one), images(one, 3)
    assert relative(rewritten(model, x)(x), answer(model, x)) < 2e-5


def test_spelled_models_read_as_they_are() -> None:
    assert trace(Spelled(spelled.AVERAGES["index"]).eval(), torch.rand(1, 1, 8, 8)).notes == ()


def test_one_output_is_diagnosed_and_its_decision_is_told() -> None:
    x = images(spelled.SPELLED["shortcut A"], 12)
    torch.manual_seed(0)
    model = Ending(lambda y: torch.sigmoid(y).squeeze(1)).eval()
    network = convert(model, x, Rate(16))
    assert "decide by its sign" in str(network.report)
    found = diagnose(model, network, x)
    assert found.worst and "spiking" in str(found)
