"""The ControlNet: a trained branch by which impressions steer the diffusion model."""
