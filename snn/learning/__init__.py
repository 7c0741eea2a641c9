"""Unsupervised learning by spike timing: `start_stdp`, `train_stdp`, `respond`, `label_neurons`, `classify`."""

from spikewright.snn.learning.run import classify, decide, label_neurons, respond, start_stdp, train_stdp

__all__ = ["classify", "decide", "label_neurons", "respond", "start_stdp", "train_stdp"]
