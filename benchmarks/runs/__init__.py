"""What runs and stores cost at scale: overhead of a cell, many cells, memory, a second run, a million rows."""
