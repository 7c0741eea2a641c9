"""Training of the zoo's networks: recipes, checkpoints, masks."""
