"""The models that are compared: one harness, one network."""
