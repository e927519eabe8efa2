"""Video: Kuramoto phases displace an impression, diffusion paints it, ffmpeg writes it."""
