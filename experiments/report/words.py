"""The words of a report that not every reader has met, each in one line."""

WORDS = {
    "ann": "the CNN that was trained, before anything was done to it",
    "SNN": "a spiking network: its neurons send events instead of numbers",
    "rate": "a code in which a neuron says a number by how many spikes it sends in all steps",
    "ttfs": "time to first spike: a code in which a neuron says a number by when it sends its only spike",
    "integer CNN": "the compressed CNN in integers, without spikes: the same information on the same hardware",
    "LUT, FF": "the small logic blocks and flip-flops of an FPGA: its area",
    "DSP, BRAM36": "its multipliers, and its memory blocks of 36 kbit",
    "physical neurons": "circuits of a layer, from all its neurons side by side to one that takes them in turn",
    "\N{GREEK SMALL LETTER EPSILON}": "how far an attack may move each pixel, or the whole image for L2; pixels go from 0 to 1",
    "95 %": "intervals hold the true share of all such images in 95 of 100 studies (Wilson 1927)",
    "cell": "one piece of a study: a stage with its settings and a seed, stored under a hash of all that",
}
