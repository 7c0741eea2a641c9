"""Experiments with learning and published cases."""
