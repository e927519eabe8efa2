"""Ways of making frames: a scene and a painter in, a film out."""
