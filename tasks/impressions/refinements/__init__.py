"""Refinements: what may be done to the planes of an impression before it conditions."""
