"""The variants: a motion takes phases and map coordinates, a way of making frames takes a scene
and a painter, a format gives the settings of ffmpeg.
"""

MOTIONS = {
    "position_waves": "tasks.video.position_waves:PositionWaves",
    "tangent_shimmer": "tasks.video.tangent_shimmer:TangentShimmer",
    "codebook_lookup": "tasks.video.codebook_lookup:CodebookLookup",
    "waves_and_shimmer": "tasks.video.waves_and_shimmer:WavesAndShimmer",
    "uniform": "tasks.video.uniform:Uniform",
}

FRAMES = {
    "carried_keyframes": "tasks.video.carried_keyframes:CarriedKeyframes",
    "canonical_keyframes": "tasks.video.canonical_keyframes:CanonicalKeyframes",
    "independent_seeds": "tasks.video.independent_seeds:IndependentSeeds",
    "frozen": "tasks.video.frozen:Frozen",
}

FORMATS = {
    "webm": "tasks.video.formats:Webm",
    "gif": "tasks.video.formats:Gif",
}
