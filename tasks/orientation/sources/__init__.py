"""What the phase model learns from: sheets of material, and crops of them."""
