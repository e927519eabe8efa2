"""Impressions: what a self-organizing map says that a picture looks like, cell by cell."""
