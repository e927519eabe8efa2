"""How far samples pull."""
