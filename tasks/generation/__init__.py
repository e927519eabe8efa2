"""Generation: the held-out pictures painted again from their impressions, in every mode."""
