"""Where nodes start."""
