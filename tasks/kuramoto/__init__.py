"""Kuramoto dynamics: oscillators on a lattice, their couplings, frequencies and integrators."""
