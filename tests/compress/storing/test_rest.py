"""The rest of a state in a file: each tensor once, in an order that says nothing, and no byte too many or too few."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import QuantizedReLU
from spikewright.compress.storing.rest import ByteReader, check_clips, check_tensor, load_rest, persistent, rest_of


def made() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), QuantizedReLU(3, 1.0))


def packed(model: nn.Module) -> bytes:
    return b"".join(value.detach().numpy().tobytes() for _, value in sorted(rest_of(model)))


def test_weights_of_layers_are_elsewhere() -> None:
    assert (
        "0.weight" not in dict(rest_of(made()))
        and {"0.bias", "1.running_var", "2.alpha"} <= dict(rest_of(made())).keys()
    )
    assert [key for key, _ in persistent(made())] == [key for key in made().state_dict() if key != "0.weight"]


def test_it_comes_back() -> None:
    one, other = made(), made()
    with torch.no_grad():
        for value in (*one.parameters(), *one.buffers()):
            value.add_(1)
    load_rest(other, sorted(rest_of(other)), ByteReader(packed(one)))
    assert all(torch.equal(value, dict(rest_of(other))[key]) for key, value in rest_of(one))


@pytest.mark.parametrize(("change", "reason"), [(b"0", "1 bytes have no place"), (None, "too early")])
def test_another_length_is_refused(change: bytes | None, reason: str) -> None:
    model, data = made(), packed(made())
    with pytest.raises(InvalidInput, match=reason):
        load_rest(model, sorted(rest_of(model)), ByteReader(data[:-1] if change is None else data + change))


def test_numbers_that_cannot_be() -> None:
    with pytest.raises(InvalidInput, match="b has NaN or infinity"):
        check_tensor("b", torch.tensor([np.nan]), torch.zeros(1))
    with pytest.raises(InvalidInput, match=r"b should be torch.float32 \(1,\), not torch.int64 \(2,\)"):
        check_tensor("b", torch.zeros(2, dtype=torch.int64), torch.zeros(1))
    model = made()
    with torch.no_grad():
        model[2].alpha.fill_(-1.0)
    with pytest.raises(InvalidInput, match="clip range"):
        check_clips(model)
