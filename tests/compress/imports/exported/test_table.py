"""The table of ATen operators names operators that ATen has."""

import torch

from spikewright.compress.imports.exported.table import ATEN_RULES, COMPUTED


def test_every_operator_exists() -> None:
    known = {name.removeprefix("aten::").partition(".")[0] for name in torch._C._dispatch_get_all_op_names()}
    assert {*ATEN_RULES, *COMPUTED} - known == {"concat", "dropout", "to"} - known
