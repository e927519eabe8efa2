"""The way back: the reverse chain, the probability flow, and one after the other."""
