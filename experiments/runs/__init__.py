"""Studies: what they are made of, how they run and what is kept."""
