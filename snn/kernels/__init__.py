"""Compiled loops, Numba only."""
