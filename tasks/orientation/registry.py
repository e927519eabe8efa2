"""The variants: couplings of the oscillators, targets that the score is fitted to, and sources of
pictures.
"""

COUPLINGS = {
    "everywhere": "tasks.orientation.chains.everywhere:Everywhere",
    "nearby": "tasks.orientation.chains.nearby:Nearby",
    "alone": "tasks.orientation.chains.alone:Alone",
    "angle_blur": "tasks.orientation.chains.angle_blur:AngleBlur",
}

TARGETS = {
    "one_step": "tasks.orientation.targets.one_step:OneStep",
    "shift": "tasks.orientation.targets.shift:Shift",
    "exact": "tasks.orientation.targets.exact:Exact",
}

SOURCES = {
    "prints": "tasks.orientation.sources.printed:Printed",
    "textures": "tasks.orientation.sources.textures:Textures",
    "folder": "tasks.orientation.sources.pictured:Pictured",
    "impressions": "tasks.orientation.sources.impressed:Impressed",
}
