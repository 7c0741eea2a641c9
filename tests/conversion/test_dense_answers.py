"""What a network answers keeps the shape and the meaning of the model's answer, whatever it runs on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput, InvalidNetwork
from spikewright.answers import Head
from spikewright.compress import TrainSettings, accuracy, fit, prune, quantize
from spikewright.compress.pruners.magnitude import PruneSettings
from spikewright.conversion import Exact, Rate, Ttfs, check_times, convert, diagnose, exact, verify
from spikewright.conversion.tuning.weights import FineTune, fine_tune
from spikewright.experiments.data import load_dataset
from spikewright.snn import Network, TerminateDelta, simulate
from spikewright.snn.twin.network import Twin

X = torch.rand(8, 2, 6, 5, generator=torch.Generator().manual_seed(0))


def fcn(*last: nn.Module) -> nn.Sequential:
    """Each of its three classes is somewhere the largest: their means are all zero."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        net = nn.Sequential(nn.Conv2d(2, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 3, 1)).eval()
        net[2].bias -= net(X).mean((0, 2, 3))
    return nn.Sequential(*net, *last).eval()


def truth(model: nn.Module, x: Tensor) -> np.ndarray:
    with torch.no_grad():
        return model(x).numpy()


RECIPES = {"rate": Rate(64, calibration=None), "ttfs": Ttfs(), "exact": Exact()}


@pytest.fixture(scope="module")
def networks() -> dict[str, Network]:
    made = {name: convert(fcn(), X, RECIPES[name]) for name in ("rate", "ttfs")}
    return made | {"fixed": made["rate"].to_fixed(), "fixed times": made["ttfs"].to_fixed()}


@pytest.mark.parametrize("name", ["rate", "ttfs", "fixed", "fixed times"])
def test_predictions_are_classes_of_pixels(networks: dict[str, Network], name: str, tmp_path: Path) -> None:
    """Engines, the twin and files alike; the model's own classes but for what the code rounds."""
    network, labels = networks[name], truth(fcn(), X).argmax(1)
    activity = simulate(network, X)
    assert network.heads == (Head(shape=(3, 6, 5)),)
    assert activity.logits.shape == (8, 90) and activity.answers.shape == (8, 3, 6, 5)
    assert activity.predictions.shape == labels.shape
    assert activity.accuracy(labels) == (activity.predictions == labels).mean() > 0.95
    assert activity.accuracy(labels) == activity.accuracy_over_time(labels)[-1]
    assert 0.9 < activity.mean_iou(labels) <= 1.0
    slow = simulate(network, X, engine="reference")
    assert (slow.predictions != activity.predictions).mean() < 0.01
    twin = Twin(network)(X).detach().numpy()
    np.testing.assert_array_equal(network.heads[0].predictions(twin), activity.predictions)
    network.save(tmp_path / "dense.spike")
    again = Network.load(tmp_path / "dense.spike")
    np.testing.assert_array_equal(simulate(again, X).predictions, activity.predictions)


def test_spike_times_answer_what_the_model_answers(networks: dict[str, Network]) -> None:
    wanted = truth(fcn(), X)
    np.testing.assert_allclose(simulate(networks["ttfs"], X).answers, wanted, atol=1e-5 * np.abs(wanted).max())


def test_a_file_without_heads_keeps_the_meaning_that_it_had(networks: dict[str, Network], tmp_path: Path) -> None:
    """Before there were heads the answer was the largest of all numbers."""
    old = replace(networks["rate"], heads=(Head(),))
    old.save(tmp_path / "old.spike")
    assert b'"heads"' not in (tmp_path / "old.spike").read_bytes()
    again = simulate(Network.load(tmp_path / "old.spike"), X)
    np.testing.assert_array_equal(again.predictions, again.logits.argmax(1))
    vector = convert(nn.Sequential(*fcn(), nn.Flatten()), X, Ttfs())
    assert vector.heads == (Head(),) and simulate(vector, X).predictions.shape == (8,)


def test_a_map_of_one_pixel_is_a_vector() -> None:
    network = convert(fcn(nn.AdaptiveAvgPool2d(1)), X, Ttfs())
    assert network.heads == (Head(),) and simulate(network, X).predictions.shape == (8,)


def test_sequences_have_a_class_at_each_place() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        net = nn.Sequential(nn.Conv1d(2, 5, 3, padding=1), nn.ReLU(), nn.Conv1d(5, 4, 1)).eval()
        x = torch.rand(6, 2, 9)
    found = simulate(convert(net, x, Ttfs()), x).predictions
    np.testing.assert_array_equal(found, truth(net, x).argmax(1))


@pytest.mark.parametrize(
    ("last", "ending"),
    [
        (nn.Softmax(1), "softmax"),
        (nn.LogSoftmax(1), "log_softmax"),
        (nn.Sigmoid(), "sigmoid"),
        (nn.LogSigmoid(), "logsigmoid"),
        (nn.Tanh(), "tanh"),
    ],
)
def test_what_was_taken_off_is_put_on_when_it_is_asked_for(last: nn.Module, ending: str) -> None:
    network = convert(fcn(last), X, Ttfs())
    activity = simulate(network, X)
    assert network.heads == (Head(shape=(3, 6, 5), ending=ending),)  # type: ignore[arg-type]
    assert any(row.action == "folded" and "dropped" in row.detail for row in network.report)
    np.testing.assert_allclose(activity.answers, truth(fcn(last), X), atol=1e-5)
    np.testing.assert_array_equal(activity.predictions, truth(fcn(last), X).argmax(1))
    scores = torch.from_numpy(truth(fcn(), X))
    wanted = scores.sigmoid() if "sigmoid" in ending else scores.softmax(1)
    np.testing.assert_allclose(activity.probabilities, wanted.numpy(), atol=1e-5)


def test_several_labels_and_values_are_said_of_a_network() -> None:
    flat = fcn(nn.Flatten(), nn.Linear(90, 4))
    wanted = truth(flat, X)
    network = convert(flat, X, Ttfs())
    several = simulate(network.with_head("multilabel", threshold=0.6), X)
    level = np.log(0.6 / 0.4)
    np.testing.assert_array_equal(several.predictions, wanted > level)
    assert several.accuracy((wanted > level).astype(int)) == 1.0
    values = simulate(network.with_head("values"), X)
    np.testing.assert_allclose(values.predictions, wanted, atol=1e-5)
    assert values.error(wanted + 0.5) == pytest.approx(0.5, abs=1e-4)
    with pytest.raises(InvalidInput, match="expected axis, ignored, threshold or shape, got kinds"):
        network.with_head(kinds="values")
    with pytest.raises(InvalidInput, match="out of '', got 'b'"):
        network.with_head("values", name="b")


def test_one_sigmoid_decides_by_its_sign_and_one_score_decides_nothing() -> None:
    last = nn.Sequential(nn.Flatten(), nn.Linear(90, 1))
    network = convert(fcn(last, nn.Sigmoid()), X, Ttfs())
    wanted = truth(fcn(last), X)[:, 0] > 0
    activity = simulate(network, X)
    assert network.heads[0].kind == "multilabel" and activity.accuracy(wanted.astype(int)) == 1.0
    plain = simulate(convert(fcn(last), X, Ttfs()), X)
    with pytest.raises(InvalidInput, match="got one output, which is always the largest"):
        _ = plain.predictions


def test_who_needs_one_class_for_each_image_refuses_maps_by_name(networks: dict[str, Network]) -> None:
    with pytest.raises(InvalidNetwork, match="for the decision TerminateDelta, got classes of places"):
        replace(networks["rate"], decision=TerminateDelta(1.0))
    with pytest.raises(InvalidNetwork, match="expected heads for 90 output neurons, got 12"):
        replace(networks["rate"], heads=(Head(shape=(3, 4)),))


def test_the_integer_network_and_its_spikes_agree_on_every_pixel() -> None:
    small = quantize(fcn(), 4, (X, None), activation_bits=3, settings=untrained())
    pair = exact(small, X, Exact())
    seen = verify(pair, X.numpy())
    assert seen.equal.all() and seen.cnn_predictions.shape == (8, 30)
    np.testing.assert_array_equal(seen.cnn_predictions, seen.snn_predictions)
    assert simulate(pair.snn, X).predictions.shape == (8, 6, 5)


def untrained():  # type: ignore[no-untyped-def]
    from spikewright.compress.quantisers.uniform import QuantizeSettings

    return QuantizeSettings(training=TrainSettings(epochs=0))


def test_the_diagnosis_counts_pixels(networks: dict[str, Network]) -> None:
    labels = truth(fcn(), X).argmax(1)
    found = diagnose(fcn(), networks["rate"], X, labels)
    rows = {row["network"]: row for row in found.networks}
    assert rows["model"]["accuracy"] == rows["rewritten"]["agreement"] == 1.0
    assert rows["spiking"]["accuracy"] == found.accuracy_over_steps[-1] == rows["spiking"]["agreement"]
    assert check_times(fcn(), networks["ttfs"], X).identical
    values = networks["ttfs"].with_head("values")
    told = {row["network"]: row for row in diagnose(fcn(), values, X, truth(fcn(), X) + 1.0).networks}
    assert told["spiking"]["accuracy"] is None and told["spiking"]["error"] == pytest.approx(1.0, abs=1e-4)


def test_spikes_are_tuned_on_labels_of_pixels(networks: dict[str, Network]) -> None:
    """Whoever is given other classes than its own learns them."""
    short, labels = convert(fcn(), X, Rate(4, calibration=None)), (truth(fcn(), X).argmax(1) + 1) % 3
    tuned = fine_tune(short, (X, torch.from_numpy(labels)), FineTune(epochs=20, batch=8, rate=0.1))
    assert simulate(tuned, X).accuracy(labels) > simulate(short, X).accuracy(labels) + 0.2


def test_a_small_network_that_segments_digits() -> None:
    """Ink or not, at half the resolution: trained, pruned, quantised, converted; pixels and their accuracy are torch's own."""
    data = load_dataset("digits")
    x = torch.from_numpy(data.train_images[:200])
    ink = (nn.functional.avg_pool2d(x, 2)[:, 0] > 0.4).long()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = nn.Sequential(nn.Conv2d(1, 8, 4, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 2, 1))
    history = fit(net, (x, ink), TrainSettings(epochs=10, lr=0.02))
    small = prune(net, 0.3, (x, ink), settings=PruneSettings(rounds=1, final_epochs=2))
    right = float((small(x).argmax(1) == ink).double().mean())
    assert history[-1].accuracy > 0.9 and accuracy(small, (x, ink)) == right > 0.9  # type: ignore[operator]
    network = convert(small, x, Ttfs())
    activity = simulate(network, x)
    assert activity.accuracy(ink) == pytest.approx(right, abs=1e-3)
    assert simulate(convert(small, x, Rate(32)).to_fixed(), x).accuracy(ink) > right - 0.03
