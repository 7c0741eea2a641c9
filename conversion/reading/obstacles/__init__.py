"""What of a graph has no spiking form: obstacles by what they are, over several steps where they span them."""
