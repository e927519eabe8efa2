"""The base diffusion model: embedded, trained from nothing, or any that diffusers can load."""
