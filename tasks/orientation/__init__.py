"""Orientation diffusion: score-based generation on phases that synchronise and desynchronise."""
