"""Motions: phases and map coordinates in, a displacement of the picture out."""
