"""How the weights of a layer lie in memory and in a file, chosen once."""
