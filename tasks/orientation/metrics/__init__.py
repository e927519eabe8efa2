"""Distances between sets of pictures that need no pretrained network."""
