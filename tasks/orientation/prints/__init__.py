"""Fingerprints of nobody: orientation from singular points, ridges by iterated filtering."""
