"""Event-camera recordings: reading them, and a small network that classifies them spike by spike.

data = load_events("nmnist", "folder")     # the original .bin files, tonic's folders, or one .npz
activity = simulate(network, data.test)    # a network with the code AddressEvents
$ python -m spikewright.experiments.events --data folder
"""

from spikewright.experiments.events.data import EventData, count_frames, event_names, load_events

__all__ = ["EventData", "count_frames", "event_names", "load_events"]
