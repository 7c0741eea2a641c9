"""Study files: what may stand in them, the cells that they ask for, and the run of all of them."""
