"""A project to begin with: a study, and the user's own model, data set, attack and device beside it."""
