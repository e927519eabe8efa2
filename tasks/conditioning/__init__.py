"""How a diffusion model is told what to paint: sampling, the conditioning map, and the modes that
use them.
"""
