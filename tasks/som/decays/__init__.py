"""How widths shrink."""
