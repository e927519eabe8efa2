"""What the map may be made of, by name. A new lattice, neighbourhood, decay or start is a new file
and a new line here.
"""

LATTICES = {
    "rect": "tasks.som.lattices.lattice:Rect",
    "hex": "tasks.som.lattices.hexagonal:Hex",
}
NEIGHBOURHOODS = {
    "gaussian": "tasks.som.neighbourhoods.neighbourhood:Gaussian",
    "bubble": "tasks.som.neighbourhoods.bubble:Bubble",
    "triangle": "tasks.som.neighbourhoods.triangle:Triangle",
    "mexican_hat": "tasks.som.neighbourhoods.mexican_hat:MexicanHat",
}
DECAYS = {
    "exponential": "tasks.som.decays.decay:Exponential",
    "linear": "tasks.som.decays.decay:Linear",
    "asymptotic": "tasks.som.decays.asymptotic:Asymptotic",
}
INITIALISATIONS = {
    "pca": "tasks.som.starts.initialisation:Pca",
    "sample": "tasks.som.starts.sampled:Sampled",
    "random": "tasks.som.starts.scattered:Scattered",
    "array": "tasks.som.starts.given:Given",
}
