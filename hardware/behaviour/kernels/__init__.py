"""The modules of a circuit as rules of one cycle each, without data: only who waits for whom."""
