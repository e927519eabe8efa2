"""What the map may be made of, by name. A new lattice, neighbourhood or decay is a new file and a
new line here.
"""

LATTICES = {
    "rect": "tasks.som.lattice:Rect",
}
NEIGHBOURHOODS = {
    "gaussian": "tasks.som.neighbourhood:Gaussian",
}
DECAYS = {
    "exponential": "tasks.som.decay:Exponential",
    "linear": "tasks.som.decay:Linear",
}
