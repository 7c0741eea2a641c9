"""The exporters of PyTorch, by TorchScript and by dynamo, at each version of the operators: what is imported is the network."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnx
import torch
from torch import nn

from spikewright import SpikewrightError
from spikewright.compress import from_onnx
from tests.onnx_check.comparing import near
from tests.onnx_check.drawing import OPSETS

VERSIONS = OPSETS


@contextmanager
def _quiet() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def exported(model: nn.Module, images: torch.Tensor, exporter: str, opset: int, path: Path) -> None:
    """The file that an exporter writes, its batch open. Raises whatever the exporter does."""
    dynamo = exporter == "dynamo"
    batch = {"dynamic_shapes": ({0: torch.export.Dim("n")},)} if dynamo else {"dynamic_axes": {"x": {0: "n"}}}
    with _quiet():
        torch.onnx.export(
            *(model, (images[:2],), path), dynamo=dynamo, opset_version=opset, input_names=["x"], verbose=False, **batch
        )


def outcome(model: nn.Module, images: torch.Tensor, written: tuple[str, int], path: Path) -> tuple[str, str]:
    """ "equal", "wrong", "refused", "not exported" or "of another version", and why; `written`: exporter and version.

    The exporter by dynamo writes version 18 where it cannot go back to an older one: that file is not of the version asked for,
    and is counted as such where what is imported of it is equal.
    """
    try:
        exported(model, images, *written, path)
    except Exception as error:  # an exporter lacks some operators in some versions
        return "not exported", f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:150]}"
    try:
        found = from_onnx(path)
    except SpikewrightError as error:
        return "refused", str(error)
    with torch.no_grad():
        kind, why = near(found(images).numpy(), model(images).numpy(), 1e-5)
    version = max(int(one.version) for one in onnx.load(path).opset_import if one.domain == "")
    return (kind, why) if version == written[1] or kind != "equal" else ("of another version", f"version {version}")
