"""The ways of events into the sums of a population: rows, blocks, lanes, dots, fields, shortcuts and lists."""
