"""A model as people keep it: inside a wrapper, and with weights that a hook or a parametrisation computes.

The copies that this project works on are taken out of `DataParallel`, `DistributedDataParallel`, `AveragedModel`, compiled
and checkpointing modules, wherever in the model they stand, and carry the weights that the model computes with: the masks
of torch.nn.utils.prune, weight and spectral norm (hooks and parametrisations alike) are baked in. In evaluation mode both
compute the same; `notes` says what was done.
"""

import copy
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from torch.nn.utils import parametrize, prune
from torch.nn.utils.spectral_norm import SpectralNorm, remove_spectral_norm
from torch.nn.utils.weight_norm import WeightNorm, remove_weight_norm

from spikewright import InvalidInput

_WRAPPERS = {
    "torch.nn.parallel.data_parallel.DataParallel": "module",
    "torch.nn.parallel.distributed.DistributedDataParallel": "module",
    "torch.optim.swa_utils.AveragedModel": "module",
    "torch._dynamo.eval_frame.OptimizedModule": "_orig_mod",
    "torch.distributed.algorithms._checkpoint.checkpoint_wrapper.CheckpointWrapper": "_checkpoint_wrapped_module",
}
"""By name, since most of these modules are slow to import and rarely there."""
_HOOKS: tuple[tuple[type, str, Any], ...] = (
    (prune.BasePruningMethod, "mask of torch.nn.utils.prune", prune.remove),
    (WeightNorm, "weight norm", remove_weight_norm),
    (SpectralNorm, "spectral norm", remove_spectral_norm),
)


def unwrapped(model: nn.Module) -> nn.Module:
    """The module inside of any number of wrappers; another module as it is. Its own parts are not looked at."""
    while (inner := _inside(model)) is not None:
        model = inner
    return model


def own_copy(model: nn.Module) -> nn.Module:
    """A copy in evaluation mode without wrappers, whose weights are plain parameters that hold what they were computed to.

    Raises InvalidInput for a model that cannot be copied.
    """
    memo: dict[int, Any] = {}
    for module in model.modules():
        for value in vars(module).values():  # hooks leave their results, which torch does not copy
            if isinstance(value, torch.Tensor) and not value.is_leaf:
                memo[id(value)] = value.detach().clone()
    try:
        for module in reversed(list(model.modules())):
            if _inside(module) is not None:
                memo[id(module)] = copy.deepcopy(unwrapped(module), memo)
        copied: nn.Module = copy.deepcopy(model, memo).eval()
    except (RuntimeError, TypeError, AttributeError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InvalidInput(
            f"expected a model that can be copied, got: {first}; try a fresh model with load_state_dict(model.state_dict())"
        ) from error
    for module in list(copied.modules()):
        _bake(module)
    return copied


def notes(model: nn.Module) -> tuple[str, ...]:
    """What `own_copy` takes off or bakes in, one sentence for each."""
    wrappers = [
        f"{type(module).__name__}{f' at {path}' if path else ''}: the model inside it was taken"
        for path, module in model.named_modules()
        if _inside(module) is not None
    ]
    baked = [
        f"{path}.{name}: {what} baked in: what follows starts from the weights that it gives, and no longer holds it"
        for path, module in unwrapped(model).named_modules()
        for name, what in _computed(module)
    ]
    return (*wrappers, *baked)


def _inside(module: nn.Module) -> nn.Module | None:
    """The module that a wrapper holds; None of an ordinary one."""
    for kind in type(module).__mro__:
        attribute = _WRAPPERS.get(f"{kind.__module__}.{kind.__qualname__}")
        if attribute is not None:
            inner: Any = getattr(module, attribute)
            return inner if isinstance(inner, nn.Module) else None
    return None


def _computed(module: nn.Module) -> Iterator[tuple[str, str]]:
    """The tensors of a module that are computed of others, and by what."""
    for hook in module._forward_pre_hooks.values():
        for kind, what, _ in _HOOKS:
            if isinstance(hook, kind):
                yield _tensor_of(hook), what
    if parametrize.is_parametrized(module):
        parametrisations: Any = module.parametrizations
        for name, steps in parametrisations.items():
            yield name, f"parametrisation {', '.join(type(step).__name__.lstrip('_') for step in steps)}"


def _bake(module: nn.Module) -> None:
    for hook in list(module._forward_pre_hooks.values()):
        for kind, _, remove in _HOOKS:
            if isinstance(hook, kind):
                remove(module, _tensor_of(hook))
    if parametrize.is_parametrized(module):
        _bake_parametrisations(module)


def _bake_parametrisations(module: nn.Module) -> None:
    """Not by torch's own remove_parametrizations: it takes the weight off the class, which the model still uses."""
    held: Any = module.parametrizations
    values = [(name, getattr(module, name).detach().clone(), _is_trained(held[name])) for name in held]
    del module.parametrizations
    module.__class__ = type(module).__bases__[0]
    for name, value, trained in values:
        if trained is None:
            module.register_buffer(name, value)
        else:
            module.register_parameter(name, nn.Parameter(value, requires_grad=trained))


def _is_trained(held: nn.Module) -> bool | None:
    """Whether the tensors that a parametrisation starts from are trained; None where they are buffers."""
    own = list(held.parameters(recurse=False))
    return any(value.requires_grad for value in own) if own else None


def _tensor_of(hook: Any) -> str:
    return str(hook.name if hasattr(hook, "name") else hook._tensor_name)
