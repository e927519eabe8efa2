"""Pictures: procedural scenes and photographs with captions, what everything learns from."""
