"""Clips on disk: encoders, writers in constant memory, sheets, pages."""
