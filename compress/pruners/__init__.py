"""Weights set to zero: by magnitude, in patterns."""
