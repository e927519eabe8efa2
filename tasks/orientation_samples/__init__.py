"""Samples of the phase model: free, steered by layouts, and on their way."""
