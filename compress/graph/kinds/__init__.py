"""What each step of a model is: one rule for each kind of call, and the table that finds it."""
