"""The four ways of events into the sums of a population: rows, blocks, lanes and lists."""
