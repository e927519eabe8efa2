"""The best matching units of samples."""
