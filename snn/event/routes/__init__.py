"""The five ways of events into the sums of a population: rows, blocks, lanes, dots and lists."""
