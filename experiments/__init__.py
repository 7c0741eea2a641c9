"""Data sets, models, the zoo of trained networks, studies, reports and the command line."""

from typing import TYPE_CHECKING

from spikewright.aliases import same_module
from spikewright.lazy import lazily

if TYPE_CHECKING:
    from spikewright.experiments.records.querying import store
    from spikewright.experiments.zoo import card, load, names
else:
    __getattr__ = lazily(__name__, {"zoo": ["card", "load", "names"], "records.querying": ["store"]})

__all__ = ["card", "load", "names", "store"]

same_module(__name__)
