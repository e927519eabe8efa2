"""Painters: impressions in, pictures out."""
