"""Fine-tuning: the loop, what it must keep, and the data that it takes."""
