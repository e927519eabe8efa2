"""The self-organizing map: a lattice of prototypes, trained by the batch rule, and the basins of
its U-matrix.
"""
