"""A diagnosis of three networks side by side."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.conversion import (
    Rate,
    Ttfs,
    convert,
    diagnose,
)
from spikewright.conversion.diagnosis import run
from spikewright.snn import Network
from tests.conversion.architectures import CASES, build, images


def plain(steps: int, **options: object) -> Rate:
    """Rate conversion without the help of calibration."""
    percentile = None if "threshold" in options else 99.9
    return Rate(steps, **{"percentile": percentile, "calibration": None, **options})  # type: ignore[arg-type]


def test_the_three_networks_side_by_side() -> None:
    case = CASES["residual"]
    model, x = build(case), images(case, 12)
    labels = model(x).argmax(1)
    found = diagnose(model, convert(model, x, Ttfs()), x, labels)
    table = found.networks
    assert table["network"] == ["model", "rewritten", "spiking"]
    assert table["accuracy"] == [1.0, 1.0, 1.0] and table["agreement"] == [1.0, 1.0, 1.0]
    assert 0 < table["spikes_per_neuron"][2] <= 1 and table["largest_logit_error"][1] < 1e-4
    steps = diagnose(model, convert(model, x, plain(5)), x, labels)
    assert len(steps.accuracy_over_steps) == 5 and steps.accuracy_over_steps[-1] == steps.networks["accuracy"][2]
    whole = steps.to_table()
    assert len(whole) == 3 + len(steps.layers) and whole["network"][:3] == table["network"]
    assert diagnose(model, convert(model, x, plain(5)), x).networks["accuracy"] == [None] * 3


def test_batches_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES["lenet"]
    model, x = build(case), images(case, 9)
    network = convert(model, x, plain(5))
    whole = diagnose(model, network, x)
    monkeypatch.setattr(run, "WORKING_BYTES", 1)
    seen: list[int] = []
    parts = diagnose(model, network, x, progress=lambda _, done, __: seen.append(done))
    assert seen == list(range(10))
    for one, other in zip(whole.layers, parts.layers, strict=True):
        assert one.keys() == other.keys()
        for name, value in one.items():
            assert other[name] == (value if isinstance(value, str | None) else pytest.approx(value, rel=1e-3, abs=1e-5))


def test_another_model_is_refused() -> None:
    case = CASES["mlp"]
    model, x = build(case), images(case)
    network = convert(model, x, plain(4))
    other = nn.Sequential(nn.Linear(x.shape[1], 3))
    with pytest.raises(InvalidInput, match="the model that was converted"):
        diagnose(other, network, x)
    dumb = replace(network, populations=tuple(replace(p, amplitude=None) for p in network.populations))
    with pytest.raises(InvalidInput, match="convert it again"):
        diagnose(model, dumb, x)
    with pytest.raises(InvalidInput, match="labels"):
        diagnose(model, network, x, torch.zeros(3, dtype=torch.int64))


def test_a_file_keeps_what_a_spike_stands_for(tmp_path) -> None:  # type: ignore[no-untyped-def]
    case = CASES["lenet"]
    model, x = build(case), images(case)
    for network in (convert(model, x, plain(4)), convert(model, x, Ttfs(levels=9)).to_fixed()):
        network.save(tmp_path / "n.spike")
        again = Network.load(tmp_path / "n.spike")
        assert list(diagnose(model, again, x).layers) == list(diagnose(model, network, x).layers)
