"""What networks cost as cores, side by side: stored bits, area, cycles, energy, and what compression saves of each."""
