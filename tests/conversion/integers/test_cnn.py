"""The integer CNN: snapped a little, and said."""

import numpy as np
import pytest
import torch

from spikewright import InvalidInput
from spikewright.compress import quantize
from spikewright.conversion import Quantized, Unconvertible, convert, exact, verify
from spikewright.snn import Network, simulate
from spikewright.weights import stored_values
from tests.conversion.architectures import CASES, build, images
from tests.conversion.quantised import NO_TRAINING, on_grid, small


def codes(network: Network) -> list[np.ndarray]:
    return [stored_values(p.synapse.weights) for p in network.projections if p.synapse.weights is not None]


@pytest.mark.parametrize("name", ["lenet", "depthwise", "reused", "residual"])
def test_weights_are_not_rounded_again(name: str) -> None:
    """Codes reach the spiking network as they are; where two branches meet, times one integer for each channel."""
    model, x = small(CASES[name]), images(CASES[name])
    given_codes = [c for c, _ in model.integers.values()]
    found = codes(exact(model, x).snn)
    kept = [any(np.array_equal(one, c) for c in given_codes) for one in found]
    assert kept.count(False) == (2 if name == "residual" else 0)
    for one in found:
        assert any(c.shape == one.shape and _multiple(one, c) for c in given_codes)


def _multiple(values: np.ndarray, codes: np.ndarray) -> bool:
    """Whether values = r_o codes with whole numbers r_o."""
    rows, base = values.reshape(len(values), -1).astype(np.int64), codes.reshape(len(codes), -1).astype(np.int64)
    factor = (rows * base).sum(1) // np.maximum((base * base).sum(1), 1)
    return bool(np.all(rows == factor[:, None] * base))


@pytest.mark.parametrize("name", ["lenet", "residual", "standardised", "depthwise"])
def test_snapping_moves_the_logits_a_little(name: str) -> None:
    """Before levels make jumps of it, the grid is finer than a hundredth: with 8-bit activations logits hardly move."""
    model, x = small(CASES[name], bits=8, activation_bits=8), on_grid(CASES[name])
    network = convert(model, x, Quantized(integer=True))
    with torch.no_grad():
        wanted = model(x).numpy()
    found = simulate(network, x.numpy()).logits * network.logit_scale
    assert np.abs(found - wanted).max() < 0.02 * np.abs(wanted).max()


def test_the_report_says_what_is_snapped() -> None:
    report = exact(small(CASES["standardised"]), images(CASES["standardised"])).report
    assert any("by input channel" in row.detail and "snapped by at most" in row.detail for row in report)
    report = exact(small(CASES["residual"]), images(CASES["residual"])).report
    snapped = {row.layer for row in report if "snapped by at most" in row.detail}
    assert {"stem_0", "block1_conv2", "block2_conv2"} <= snapped
    assert any("latency 35 steps" in row.detail for row in report)
    errors = [
        row.detail.split("snapped by at most ")[1].split("%")[0] for row in report if "snapped by at" in row.detail
    ]
    assert all(float(error) <= 0.4 for error in errors)


def test_real_numbers_are_refused() -> None:
    case = CASES["lenet"]
    with pytest.raises(Unconvertible, match="activations are not integers"):
        exact(quantize(build(case), 4, settings=NO_TRAINING), images(case))
    model = small(case).model  # its codes are lost
    with pytest.raises(Unconvertible, match=r"weights are real numbers; try compress\.quantize"):
        exact(model, images(case))
    with pytest.raises(InvalidInput, match=r"samples in \[0, 1\]"):
        exact(small(case), 2 * images(case))
    with pytest.raises(InvalidInput, match="at least one image"):
        verify(exact(small(case), images(case)), images(case).numpy()[:0])
