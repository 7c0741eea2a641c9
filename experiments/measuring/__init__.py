"""Measuring conversions on whole test sets: sweeps whose cells are stored as they are finished, and tables of what they found."""
