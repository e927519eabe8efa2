"""What is learned from, and exact sums over it."""
