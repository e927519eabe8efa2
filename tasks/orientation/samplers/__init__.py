"""The way back: the reverse chain and the probability flow."""
