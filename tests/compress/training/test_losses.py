"""Losses and hits of each kind of answer, against torch's own."""

import torch
from torch.nn import functional as F

from spikewright.answers import Head
from spikewright.compress.training.losses import hits_of, loss_of

RANDOM = torch.Generator().manual_seed(0)
MAPS = torch.randn(4, 3, 2, 5, generator=RANDOM)
CLASSES = torch.randint(0, 3, (4, 2, 5), generator=RANDOM)


def test_classes_of_images_and_places_have_the_cross_entropy() -> None:
    assert loss_of(Head(shape=(3, 2, 5)), 0.1)(MAPS, CLASSES) == F.cross_entropy(MAPS, CLASSES, label_smoothing=0.1)
    assert loss_of(Head())(MAPS[:, :, 0, 0], CLASSES[:, 0, 0]) == F.cross_entropy(MAPS[:, :, 0, 0], CLASSES[:, 0, 0])
    last = Head(shape=(2, 5, 3), axis=2)
    moved = MAPS.movedim(1, 3).flatten(1)
    torch.testing.assert_close(loss_of(last)(moved, CLASSES), F.cross_entropy(MAPS, CLASSES))
    assert hits_of(last, moved, CLASSES) == (int((MAPS.argmax(1) == CLASSES).sum()), 40)


def test_ignored_labels_have_no_loss() -> None:
    labels = CLASSES.clone()
    labels[0] = 255
    head = Head(shape=(3, 2, 5), ignored=255)
    torch.testing.assert_close(loss_of(head)(MAPS, labels), F.cross_entropy(MAPS[1:], CLASSES[1:]))
    assert hits_of(head, MAPS, labels) == (int((MAPS.argmax(1) == CLASSES)[1:].sum()), 30)
    tags, several = (MAPS > 0).long(), Head("multilabel", (3, 2, 5), ignored=-1)
    skipped = torch.where(MAPS > 1, -1, tags)
    wanted = F.binary_cross_entropy_with_logits(MAPS[MAPS <= 1], tags[MAPS <= 1].float())
    torch.testing.assert_close(loss_of(several)(MAPS, skipped), wanted)
    assert hits_of(several, MAPS, skipped) == (int((MAPS <= 1).sum()),) * 2


def test_values_have_the_squared_error_and_no_hits() -> None:
    head = Head("values", (3, 2, 5))
    torch.testing.assert_close(loss_of(head)(MAPS.flatten(1), MAPS + 2), torch.tensor(4.0))
    assert hits_of(head, MAPS, MAPS) == (0, 0)
