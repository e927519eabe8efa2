"""Which way lines run: layouts of pictures, steering by them, phases for a lattice."""
