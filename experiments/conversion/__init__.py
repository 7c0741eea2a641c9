"""Studies of conversion on whole test sets: commands that measure, go on where they stopped, and print tables."""
