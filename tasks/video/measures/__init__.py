"""Measures of clips: coherence, motion as told, likeness to the impression."""
