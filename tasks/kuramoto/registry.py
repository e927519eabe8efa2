"""The variants: a coupling takes the codebook, frequencies take the relief and the coupling, an
integrator carries the phases.
"""

COUPLINGS = {
    "similarity": "tasks.kuramoto.similarity:Similarity",
    "distance": "tasks.kuramoto.distance:Distance",
    "mean_field": "tasks.kuramoto.mean_field:MeanField",
}

FREQUENCIES = {
    "wave": "tasks.kuramoto.wave:Wave",
    "lock": "tasks.kuramoto.lock:Lock",
}

INTEGRATORS = {
    "rk4": "tasks.kuramoto.rk4:RungeKutta",
    "moebius": "tasks.kuramoto.moebius:Moebius",
}
