"""Features: what each cell of a picture looks like, as a vector of named numbers."""
