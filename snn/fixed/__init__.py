"""From real numbers to integers: grids, rounding, and proofs of widths."""
