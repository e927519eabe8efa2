"""What the score is fitted to, at which steps, with which weights."""
