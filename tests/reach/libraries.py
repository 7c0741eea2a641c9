"""timm and torchvision's models, imported so that torchvision's compiled operators are not needed.

torchvision registers the shapes of two of them at import, whether or not its compiled part fits this torch; none of the
networks here calls them.
"""

import torch

DETECTION = ("nms", "qnms")
DECLARED = torch.library.Library("torchvision", "FRAGMENT")
"""The operators are there as long as this is."""
for _name in DETECTION:
    if not hasattr(torch.ops.torchvision, _name):
        DECLARED.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import timm  # noqa: E402
import torchvision.models as torchvision  # noqa: E402

__all__ = ["timm", "torchvision"]
