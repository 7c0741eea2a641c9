"""The table of ATen operators: name without overload -> rule. A new operator is a line here and, if need be, its rule."""

import operator

from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.exported import arranging_rules as arranged
from spikewright.compress.imports.exported import combining_rules as combined
from spikewright.compress.imports.exported import layer_rules as made
from spikewright.compress.imports.exported import selecting_rules as selected
from spikewright.compress.imports.exported.call import AtenCall
from spikewright.compress.imports.exported.layer_rules import AtenRule
from spikewright.compress.imports.steps import ImportedValue


def _same(call: AtenCall) -> ImportedValue:
    """Copies, casts and the like: numbers stay as they are."""
    return call.value()


def _negative(call: AtenCall) -> ImportedValue:
    return call.function(operator.neg, call.value())


def _rules(*rows: tuple[str, AtenRule]) -> dict[str, AtenRule]:
    return {name: rule for names, rule in rows for name in names.split()}


ATEN_RULES: dict[str, AtenRule] = _rules(
    ("conv1d conv2d conv3d convolution conv_transpose1d conv_transpose2d", made.conv),
    ("linear", made.linear),
    ("addmm", made.addmm),
    ("mm matmul", made.mm),
    ("batch_norm _native_batch_norm_legit_no_training native_batch_norm cudnn_batch_norm", made.batch_norm),
    ("relu", made.layer(lambda call: nn.ReLU())),
    ("relu6", made.layer(lambda call: nn.ReLU6())),
    ("hardtanh clamp clamp_min clip", made.clamp),
    ("threshold", made.layer(lambda call: layers.threshold(float(call.get("threshold")), float(call.get("value"))))),
    ("leaky_relu", made.layer(lambda call: nn.LeakyReLU(float(call.get("negative_slope", 0.01))))),
    ("prelu _prelu_kernel", made.layer(lambda call: layers.prelu(call.weight("weight")))),
    ("sigmoid", made.layer(lambda call: nn.Sigmoid())),
    ("tanh", made.layer(lambda call: nn.Tanh())),
    ("gelu", made.layer(lambda call: nn.GELU(call.get("approximate", "none")))),
    ("silu", made.layer(lambda call: nn.SiLU())),
    ("mish", made.layer(lambda call: nn.Mish())),
    ("hardswish", made.layer(lambda call: nn.Hardswish())),
    ("hardsigmoid", made.layer(lambda call: nn.Hardsigmoid())),
    ("elu", made.layer(lambda call: nn.ELU(float(call.get("alpha", 1.0))))),
    ("softplus", made.layer(lambda call: nn.Softplus())),
    ("softmax _softmax", made.softmax(log=False)),
    ("log_softmax _log_softmax", made.softmax(log=True)),
    ("instance_norm", made.norm(made.instance_norm)),
    (
        "group_norm",
        made.norm(lambda call: nn.GroupNorm(call.get("num_groups"), call.value().shape[0], call.get("eps", 1e-5))),
    ),
    ("layer_norm", made.norm(lambda call: nn.LayerNorm(call.get("normalized_shape"), call.get("eps", 1e-5)))),
    ("max_pool1d max_pool2d max_pool3d max_pool2d_with_indices", made.max_pool),
    ("avg_pool1d avg_pool2d avg_pool3d", made.average_pool),
    ("adaptive_avg_pool1d adaptive_avg_pool2d _adaptive_avg_pool2d", made.adaptive("mean")),
    ("adaptive_max_pool1d adaptive_max_pool2d", made.adaptive("max")),
    ("dropout feature_dropout", made.dropout),
    ("mean amax", combined.mean),
    ("cat concat", combined.cat),
    ("stack", combined.stack),
    ("add", combined.arithmetic(operator.add)),
    ("sub", combined.arithmetic(operator.sub)),
    ("rsub", combined.arithmetic(operator.sub, swap=True)),
    ("mul", combined.arithmetic(operator.mul)),
    ("div", combined.arithmetic(operator.truediv)),
    ("neg", _negative),
    ("view reshape _unsafe_view", arranged.reshape),
    ("flatten", arranged.flatten),
    ("squeeze", arranged.squeeze),
    ("unsqueeze", arranged.unsqueeze),
    ("upsample_nearest2d", arranged.upsample),
    ("pad constant_pad_nd", arranged.pad),
    ("slice select", selected.part),
    ("permute transpose flip roll channel_shuffle pixel_shuffle pixel_unshuffle", arranged.moved),
    ("repeat_interleave", arranged.moved),
    ("repeat tile", arranged.repeat),
    ("expand expand_as broadcast_to", arranged.expanded),
    ("gather take_along_dim", selected.gathered),
    ("reflection_pad1d reflection_pad2d", arranged.bordered("reflect")),
    ("replication_pad1d replication_pad2d", arranged.bordered("replicate")),
    ("unbind", selected.unbind),
    ("index_select", selected.chosen),
    ("chunk split split_with_sizes", selected.cut),
    ("index", selected.indexed),
    ("zeros ones full new_zeros new_ones new_full zeros_like ones_like full_like", arranged.filled),
    ("clone contiguous detach alias to _to_copy lift_fresh_copy", _same),
)

COMPUTED = frozenset(
    "view reshape expand unsqueeze squeeze permute transpose t clone contiguous detach alias lift_fresh_copy to "
    "_to_copy add sub mul div rsub sqrt rsqrt reciprocal neg exp pow flatten ones zeros full arange "
    "slice select repeat tile expand_as broadcast_to index_select gather flip roll cat stack mean sum remainder".split()
)
"""Operators that are computed on the spot when nothing in them depends on the input."""
