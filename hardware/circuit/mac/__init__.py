"""The circuit of a quantised CNN: layers that work out P outputs at a time, with a buffer of activations between them."""
