"""Noise while a network runs, static faults of a chip, and the draws that both are made of."""
