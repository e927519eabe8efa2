"""The declaration of every Zarr store, once: variables, dimensions, types, units."""
