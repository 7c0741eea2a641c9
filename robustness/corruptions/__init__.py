"""Noise and faults of images, spikes and memories."""
