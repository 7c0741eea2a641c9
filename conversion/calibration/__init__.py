"""Calibration of rate-coded networks on samples: thresholds, corrections of biases and potentials, tuned weights."""
