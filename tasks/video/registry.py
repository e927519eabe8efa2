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
    "canonical_frames": "tasks.video.canonical_frames:CanonicalFrames",
    "anchored": "tasks.video.anchored:Anchored",
    "shared_noise": "tasks.video.shared_noise:SharedNoise",
    "advected_noise": "tasks.video.advected_noise:AdvectedNoise",
    "chained": "tasks.video.chained:Chained",
    "jittered_prompt": "tasks.video.jittered_prompt:JitteredPrompt",
    "noise_jitter": "tasks.video.noise_jitter:NoiseJitter",
    "round_trip": "tasks.video.round_trip:RoundTrip",
    "frozen": "tasks.video.frozen:Frozen",
    "bordered": "tasks.video.bordered:Bordered",
    "aligned": "tasks.video.aligned:Aligned",
    "attending": "tasks.video.attending:Attending",
    "colour_matched": "tasks.video.colour_matched:ColourMatched",
}

FORMATS = {
    "webm": "tasks.video.formats:Webm",
    "gif": "tasks.video.formats:Gif",
}
