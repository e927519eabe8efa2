"""What the map may be made of, by name. A new lattice, neighbourhood, decay or start is a new file
and a new line here.
"""

LATTICES = {
    "rect": "tasks.som.lattice:Rect",
    "hex": "tasks.som.hexagonal:Hex",
}
NEIGHBOURHOODS = {
    "gaussian": "tasks.som.neighbourhood:Gaussian",
    "bubble": "tasks.som.bubble:Bubble",
    "triangle": "tasks.som.triangle:Triangle",
    "mexican_hat": "tasks.som.mexican_hat:MexicanHat",
}
DECAYS = {
    "exponential": "tasks.som.decay:Exponential",
    "linear": "tasks.som.decay:Linear",
    "asymptotic": "tasks.som.asymptotic:Asymptotic",
}
INITIALISATIONS = {
    "pca": "tasks.som.initialisation:Pca",
    "sample": "tasks.som.sampled:Sampled",
    "random": "tasks.som.scattered:Scattered",
    "array": "tasks.som.given:Given",
}
