"""The variants: couplings of the oscillators, and targets that the score is fitted to."""

COUPLINGS = {
    "everywhere": "tasks.orientation.everywhere:Everywhere",
    "nearby": "tasks.orientation.nearby:Nearby",
    "alone": "tasks.orientation.alone:Alone",
    "angle_blur": "tasks.orientation.angle_blur:AngleBlur",
}

TARGETS = {
    "one_step": "tasks.orientation.one_step:OneStep",
    "shift": "tasks.orientation.shift:Shift",
    "exact": "tasks.orientation.exact:Exact",
}
