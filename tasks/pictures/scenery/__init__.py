"""What scenes are made of: words, composition, sky, relief, ground, water, things."""
