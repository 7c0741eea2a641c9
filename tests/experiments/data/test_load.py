"""The digits that come with the package are those of scikit-learn, split as it splits them."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from spikewright.experiments.data.load import load_dataset


def test_digits_are_scikit_learn_s() -> None:
    pixels, labels = load_digits(return_X_y=True)
    images = (pixels / 16.0).astype(np.float32).reshape(-1, 1, 8, 8)
    parts = train_test_split(images, labels.astype(np.int64), test_size=0.25, random_state=0, stratify=labels)
    data = load_dataset("digits")
    found = (data.train_images, data.test_images, data.train_labels, data.test_labels)
    for ours, theirs in zip(found, parts, strict=True):
        assert ours.dtype == theirs.dtype and np.array_equal(ours, theirs)
