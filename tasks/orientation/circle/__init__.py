"""Angles: phases of pictures, and laws on the circle."""
