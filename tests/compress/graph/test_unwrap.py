"""Wrapped models and computed weights: every verb takes them as the plain model that they are, and says so."""

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm
from torch.optim.swa_utils import AveragedModel

from spikewright import InvalidInput
from spikewright.compress import fold_batchnorm, quantize
from spikewright.compress import prune as compress_prune
from spikewright.compress.graph.models import plain_copy
from spikewright.compress.graph.unwrap import notes
from spikewright.conversion import Ttfs, convert
from spikewright.robustness import AnnPredictor

X = torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(3))


def plain() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3)).eval()


def compiled(model: nn.Module) -> nn.Module:
    wrapped: nn.Module = torch.compile(model, backend="eager")
    return wrapped


def inside_of(wrap: Callable[[nn.Module], nn.Module]) -> nn.Module:
    """Only the features are wrapped, as the data-parallel examples of AlexNet and VGG do."""
    model = plain()
    return nn.Sequential(wrap(model[:2]), *model[2:]).eval()


WRAPPED: dict[str, Callable[[], nn.Module]] = {
    "data parallel": lambda: nn.DataParallel(plain()),
    "averaged": lambda: AveragedModel(plain()),
    "compiled": lambda: compiled(plain()),
    "average of a compiled one in parallel": lambda: AveragedModel(nn.DataParallel(compiled(plain()))),
    "parallel features": lambda: inside_of(nn.DataParallel),
    "compiled features": lambda: inside_of(compiled),
    "parallel features of a parallel model": lambda: nn.DataParallel(inside_of(nn.DataParallel)),
}


def spectral(layer: nn.Module) -> nn.Module:
    return spectral_norm(layer).train()


def masked(layer: nn.Module) -> nn.Module:
    prune.l1_unstructured(layer, "weight", 0.5)
    prune.random_unstructured(layer, "bias", 1)
    return prune.ln_structured(layer, "weight", 1, 2, 0)  # two masks of one weight: a container of both


COMPUTED: dict[str, Callable[[nn.Module], nn.Module]] = {
    "masks": masked,
    "weight norm": weight_norm,
    "spectral norm": spectral,
    "weight norm, new": parametrizations.weight_norm,
    "spectral norm, new": parametrizations.spectral_norm,
    "orthogonal": parametrizations.orthogonal,
}


def computed(make: Callable[[nn.Module], nn.Module]) -> nn.Module:
    model = plain()
    make(model[0])
    make(model[3])
    model(X)  # hooks leave their last result in the module
    return model.eval()


def answers(model: nn.Module) -> torch.Tensor:
    with torch.no_grad():
        result: torch.Tensor = model(X)
    return result


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", [*WRAPPED, *COMPUTED])
def test_the_copy_computes_what_the_model_computes(name: str) -> None:
    model = WRAPPED[name]() if name in WRAPPED else computed(COMPUTED[name])
    before = {key: value.clone() for key, value in model.state_dict().items()}
    truth, copied = answers(model), plain_copy(model)
    torch.testing.assert_close(answers(copied), truth, rtol=0, atol=1e-6)
    assert sorted(key.split(".")[-1] for key in copied.state_dict()) == ["bias", "bias", "weight", "weight"]
    assert not any("module" in key or "orig" in key for key in copied.state_dict())
    assert notes(model) and all("taken" in note or "baked in" in note for note in notes(model))
    after = model.state_dict()
    assert list(after) == list(before) and all(torch.equal(after[key], before[key]) for key in before)


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", ["parallel features", "average of a compiled one in parallel", "masks", "weight norm"])
def test_every_verb_takes_them_and_says_so(name: str) -> None:
    model = WRAPPED[name]() if name in WRAPPED else computed(COMPUTED[name])
    told, truth = notes(model), answers(model)
    for small in (compress_prune(model, 0.5), quantize(model, 8)):
        assert set(told) <= set(small.steps)
    torch.testing.assert_close(answers(fold_batchnorm(model, X)[0]), truth, rtol=0, atol=1e-6)
    torch.testing.assert_close(AnnPredictor(model).logits(X), truth, rtol=0, atol=1e-6)
    report = convert(model, X, Ttfs()).report
    assert set(told) <= {row.detail for row in report if row.action == "note"}


def test_what_masks_removed_stays_removed_and_is_counted() -> None:
    model = computed(masked)
    small = compress_prune(model, 0.6)
    assert bool((small.model.get_parameter("0.weight")[model[0].weight == 0] == 0).all())


def test_an_ordinary_model_has_no_notes() -> None:
    assert notes(plain()) == ()


@pytest.mark.filterwarnings("ignore:.*torch.jit")
def test_compiled_code_converts_and_is_refused_elsewhere_with_its_way_out() -> None:
    model = plain()
    for scripted in (torch.jit.trace(model, X), nn.DataParallel(torch.jit.script(model))):
        convert(scripted, X, Ttfs())
        with pytest.raises(InvalidInput, match=r"TorchScript.*from_torchscript\(model, images\)"):
            compress_prune(scripted, 0.5)
    fresh = plain()
    fresh.load_state_dict(torch.jit.script(model).state_dict())
    convert(fresh, X, Ttfs())


def test_a_hook_that_nobody_knows_is_refused_with_its_way_out() -> None:
    model = plain()
    handle = model[0].register_forward_hook(lambda module, args, out: 2 * out)
    with pytest.raises(ValueError, match=r"forward hooks.*handle\.remove\(\)"):
        convert(model, X, Ttfs())
    handle.remove()
    convert(model, X, Ttfs())


def test_a_weight_that_is_computed_in_another_way_is_refused_with_its_way_out() -> None:
    model = plain()
    weight = model[0].weight.detach().clone()
    del model[0].weight
    model[0].weight = weight
    with pytest.raises(InvalidInput, match=r"0, got a computed one; try .*nn\.Parameter\(layer\.weight\.detach"):
        compress_prune(model, 0.5)
    model[0].weight = nn.Parameter(model[0].weight.detach())
    compress_prune(model, 0.5)
