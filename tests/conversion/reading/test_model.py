"""What is given is checked before anything is read, and left as it was."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from spikewright import InvalidInput
from spikewright.compress import check_data
from spikewright.compress.training.labelled import accuracy
from spikewright.conversion import Rate, Ttfs, Unconvertible, convert, diagnose
from spikewright.conversion.reading.model import plan_of
from spikewright.snn import Network, simulate

X = torch.rand(40, 1, 8, 8, generator=torch.Generator().manual_seed(0))


BLACK_FIRST = torch.cat([torch.zeros(8, 1, 8, 8), X])


def made(activation: nn.Module) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), activation, nn.Flatten(), nn.Linear(144, 5), nn.ReLU(), nn.Linear(5, 3)
    ).eval()


def test_black_samples_do_not_hide_a_batch_norm() -> None:
    torch.manual_seed(0)
    layers = weight_norm(nn.Conv2d(1, 4, 3)), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5)
    model = nn.Sequential(*layers).eval()
    model[1].weight.data.normal_(0, 3)
    model[1].running_var.uniform_(0.2, 0.4)
    network = convert(model, BLACK_FIRST, Ttfs(ranges="interval"))
    with torch.no_grad():
        truth = model(X).numpy()
    logits = simulate(network, X.numpy()).logits * network.logit_scale
    assert abs(logits - truth).max() < 1e-3 * abs(truth).max()


def test_a_hook_on_a_layer_is_seen_where_only_light_excites_it() -> None:
    model = made(nn.ReLU())
    model[1].register_forward_hook(lambda module, given, value: value.clamp(max=0.2))
    with pytest.raises(Unconvertible):
        convert(model, BLACK_FIRST, Rate(steps=4))


SAMPLES = torch.rand(24, 1, 8, 8, generator=torch.Generator().manual_seed(0))


class InPlace(nn.Module):
    def __init__(self, change: bool = True) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.change, self.first, self.last = change, nn.Conv2d(1, 4, 3), nn.Linear(144, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.sub_(0.1307).div_(0.3081) if self.change else (x - 0.1307) / 0.3081
        return self.last(torch.relu(self.first(x)).flatten(1))


def test_a_model_that_works_in_place_changes_nobodys_samples() -> None:
    kept, labels = SAMPLES.clone(), torch.zeros(len(SAMPLES), dtype=torch.int64)
    given = SAMPLES.clone()
    assert accuracy(InPlace().eval(), (given, labels)) == accuracy(InPlace(False).eval(), (given, labels))
    network = convert(InPlace(), given, Rate(8, calibration=None))
    diagnose(InPlace(), network, given)
    assert torch.equal(given, kept)
    plain = convert(InPlace(False), given, Rate(8, calibration=None))
    np.testing.assert_array_equal(simulate(network, kept).logits, simulate(plain, kept).logits)


def test_a_network_remembers_how_large_its_samples_were(tmp_path: object) -> None:
    network = convert(InPlace(False), SAMPLES, Rate(8, calibration=None))
    assert network.run.largest == float(SAMPLES.max())
    network.save(f"{tmp_path}/network.spike")
    assert Network.load(f"{tmp_path}/network.spike").run.largest == network.run.largest
    assert network.to_fixed().run.largest == network.run.largest
    with pytest.raises(InvalidInput, match="about as large as the samples"):
        simulate(network, SAMPLES * 255)


@pytest.mark.parametrize("change", [lambda x: x.requires_grad_(), lambda x: x.double().numpy(), lambda x: list(x)])
def test_samples_of_any_kind(change: object) -> None:
    wanted = convert(InPlace(False), SAMPLES, Rate(8, calibration=None))
    network = convert(InPlace(False), change(SAMPLES.clone()), Rate(8, calibration=None))  # type: ignore[operator]
    np.testing.assert_array_equal(simulate(network, SAMPLES).logits, simulate(wanted, SAMPLES).logits)


def test_pixels_are_refused_everywhere() -> None:
    pixels = (SAMPLES * 255).to(torch.uint8)
    with pytest.raises(InvalidInput, match="samples / 255"):
        convert(InPlace(False), pixels, Rate(8))
    with pytest.raises(InvalidInput, match="images / 255"):
        check_data((pixels, torch.zeros(len(pixels), dtype=torch.int64)))


def test_a_loader_has_a_way_out() -> None:
    labels = torch.zeros(len(SAMPLES), dtype=torch.int64)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(SAMPLES, labels), batch_size=7)
    with pytest.raises(InvalidInput, match=r"map\(torch.cat, zip\(\*loader\)\)"):
        check_data(loader)  # type: ignore[arg-type]
    images, known = check_data(tuple(map(torch.cat, zip(*loader, strict=True))))  # type: ignore[arg-type]
    assert torch.equal(images, SAMPLES) and torch.equal(known, labels)


def test_a_plan_reads_the_weights_of_one_copy_where_they_lie() -> None:
    net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3)).eval()
    plan = plan_of(net, torch.rand(4, 8))
    kernel, copied = plan.units[0].terms[0].kernel, plan.view.graph_module.get_parameter("0.weight").detach().numpy()
    assert kernel is not None and np.shares_memory(kernel.values, copied)
    assert not np.shares_memory(copied, net[0].weight.detach().numpy())
