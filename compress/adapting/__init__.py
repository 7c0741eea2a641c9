"""What has no spiking form is replaced by what has, and the model trained to answer as before."""
