"""What may stand in the place of something without a spiking form: a record each, and the table of their names."""
