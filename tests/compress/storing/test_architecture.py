"""A saved network is opened on the architecture that it was made from, or refused: never with other answers."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize
from torch.nn.utils import prune as torch_prune

from spikewright import InvalidFile, InvalidInput
from spikewright.compress import QuantizeSettings, TrainSettings, footprint, load, prune, quantize, save

X = torch.rand(16, 1, 8, 8, generator=torch.Generator().manual_seed(1))
Y = torch.arange(16) % 3
UNTUNED = QuantizeSettings(training=TrainSettings(epochs=0))


def network(
    activation: Callable[[], nn.Module] = nn.ReLU, *, seed: int = 0, eps: float = 1e-5, **conv: int
) -> nn.Sequential:
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, **conv), nn.BatchNorm2d(4, eps), activation(), nn.Flatten(), nn.LazyLinear(3)
    )
    model(X)
    return model.eval()


class Scaled(nn.Module):
    """A number in Python, and a buffer outside of the state."""

    def __init__(self, scale: float, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.scale, self.layer = scale, nn.Linear(64, 3)
        self.register_buffer("shift", torch.rand(64), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.layer(x.flatten(1) + self.shift) * self.scale
        return logits


OTHERS: dict[str, tuple[nn.Module, nn.Module]] = {
    "another activation": (network(), network(nn.Tanh)),
    "other windows of equal size": (network(padding=2), network(padding=3, dilation=2)),
    "another small number": (network(), network(eps=0.1)),
    "something behind it": (network(), nn.Sequential(*network(), nn.Softmax(1))),
    "a number of Python": (Scaled(2.0), Scaled(3.0)),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_architecture_of_equal_sizes_is_refused(name: str, tmp_path: Path) -> None:
    made, other = OTHERS[name]
    save(prune(made, 0.5), tmp_path / "file")
    with pytest.raises(InvalidFile, match=r"expected the architecture that .* was made from"):
        load(tmp_path / "file", other)


def test_a_number_in_a_traced_graph_is_told_apart(tmp_path: Path) -> None:
    save(quantize(Scaled(2.0), 4, (X, Y), settings=UNTUNED), tmp_path / "file")
    with pytest.raises(InvalidFile, match="other modules, settings or numbers"):
        load(tmp_path / "file", Scaled(3.0))


@pytest.mark.parametrize(
    "make", [lambda seed: network(seed=seed), lambda seed: Scaled(2.0, seed)], ids=["state", "outside"]
)
def test_all_that_computes_comes_back(make: Callable[[int], nn.Module], tmp_path: Path) -> None:
    """Also a buffer outside of the state, of which the Footprint counts the bits."""
    for small in (prune(make(0), 0.5), quantize(make(0), 4), quantize(make(0), 4, (X, Y), settings=UNTUNED)):
        save(small, tmp_path / "file")
        assert torch.equal(load(tmp_path / "file", make(7))(X), small(X))
        assert (tmp_path / "file").stat().st_size >= small.footprint.total_bits / 8


def test_parametrised_and_plain_models_hold_the_same_file(tmp_path: Path) -> None:
    """A tensor that was computed comes last in its module: gamma and beta must not change places."""
    computed = network()
    torch.nn.init.uniform_(computed[1].bias)
    torch_prune.l1_unstructured(computed[1], "weight", 2)
    parametrize.register_parametrization(computed[4], "bias", nn.Tanh())
    small = prune(computed, 0.5)
    save(small, tmp_path / "file")
    assert torch.equal(load(tmp_path / "file", network(seed=5))(X), small(X))


def hollow() -> nn.Module:
    """A layer without outputs, as a wrong width gives one."""
    model = nn.Sequential(nn.Linear(4, 1), nn.ReLU())
    model[0].weight = nn.Parameter(torch.zeros(0, 4))
    return model


def test_the_footprint_takes_what_prune_takes() -> None:
    model = network()
    torch_prune.l1_unstructured(model[0], "weight", 0.5)
    parametrizations.weight_norm(model[4])
    assert footprint(nn.DataParallel(model)) == prune(model, 0.0).footprint
    for empty in (nn.LazyLinear(3), nn.Linear(4, 3, device="meta"), hollow()):
        with pytest.raises(InvalidInput, match="expected weights in"):
            footprint(empty)


def test_a_compressed_network_pickles_and_goes_on(tmp_path: Path) -> None:
    """Workers get it so; a traced graph is traced again there, and must keep its names: files tell changes by them."""
    small = quantize(network(), 4, (X, Y), activation_bits=3, settings=UNTUNED)
    there = pickle.loads(pickle.dumps(small))
    assert torch.equal(there(X), small(X))
    again = quantize(there, 3, (X, Y), activation_bits=2, settings=UNTUNED)
    save(again, tmp_path / "file")
    assert torch.equal(load(tmp_path / "file", network(seed=3))(X), again(X))


def test_what_no_file_can_hold_is_refused_before_it_is_written(tmp_path: Path) -> None:
    broken, absent = prune(network(), 0.0), prune(network(), 0.5)
    broken.model.get_submodule("4").bias.data[0] = float("nan")  # type: ignore[union-attr]
    absent.model.to("meta")
    for small, reason in ((broken, "NaN or infinity in 4.bias"), (absent, "expected weights in memory")):
        with pytest.raises(InvalidInput, match=reason):
            save(small, tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_a_weight_that_is_computed_afterwards_is_refused_with_what_helps() -> None:
    small = prune(network(), 0.5)
    parametrizations.weight_norm(small.model.get_submodule("4"))
    with pytest.raises(InvalidInput, match=r"try compress.prune\(model, 0.0\)"):
        _ = small.footprint
    assert prune(small, 0.0).footprint.sparsity >= 0.5


def test_a_frozen_model_is_pruned_and_quantised_but_not_tuned() -> None:
    frozen = network().requires_grad_(False)
    assert quantize(frozen, 4, (X, Y), activation_bits=3, settings=UNTUNED).bits
    with pytest.raises(InvalidInput, match="none that requires a gradient"):
        prune(frozen, 0.5, (X, Y))
