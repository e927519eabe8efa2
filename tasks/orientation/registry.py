"""The variants: couplings of the oscillators, targets that the score is fitted to, and sources of
pictures.
"""

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

SOURCES = {
    "prints": "tasks.orientation.sources.printed:Printed",
    "textures": "tasks.orientation.sources.textures:Textures",
    "folder": "tasks.orientation.sources.pictured:Pictured",
}
