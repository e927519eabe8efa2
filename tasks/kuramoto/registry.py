"""The variants: a coupling takes the codebook and the lattice's neighbours, frequencies take the
relief and the coupling, an integrator carries the phases.
"""

COUPLINGS = {
    "similarity": "tasks.kuramoto.similarity:Similarity",
    "distance": "tasks.kuramoto.distance:Distance",
    "periodic": "tasks.kuramoto.periodic:Periodic",
    "graph": "tasks.kuramoto.graph:Graph",
    "mean_field": "tasks.kuramoto.mean_field:MeanField",
}

FREQUENCIES = {
    "wave": "tasks.kuramoto.wave:Wave",
    "lock": "tasks.kuramoto.lock:Lock",
    "drift": "tasks.kuramoto.drift:Drift",
    "static": "tasks.kuramoto.static:Static",
}

INTEGRATORS = {
    "rk4": "tasks.kuramoto.rk4:RungeKutta",
    "euler_maruyama": "tasks.kuramoto.euler_maruyama:EulerMaruyama",
    "moebius": "tasks.kuramoto.moebius:Moebius",
}
