"""The variants: a motion takes phases and map coordinates, a way of making frames takes a scene
and a painter, a format gives the settings of ffmpeg.
"""

MOTIONS = {
    "position_waves": "tasks.video.motions.position_waves:PositionWaves",
    "tangent_shimmer": "tasks.video.motions.tangent_shimmer:TangentShimmer",
    "codebook_lookup": "tasks.video.motions.codebook_lookup:CodebookLookup",
    "waves_and_shimmer": "tasks.video.motions.waves_and_shimmer:WavesAndShimmer",
    "uniform": "tasks.video.motions.uniform:Uniform",
}

FRAMES = {
    "carried_keyframes": "tasks.video.frames.carried_keyframes:CarriedKeyframes",
    "canonical_keyframes": "tasks.video.frames.canonical_keyframes:CanonicalKeyframes",
    "independent_seeds": "tasks.video.frames.independent_seeds:IndependentSeeds",
    "canonical_frames": "tasks.video.frames.canonical_frames:CanonicalFrames",
    "anchored": "tasks.video.frames.anchored:Anchored",
    "shared_noise": "tasks.video.frames.shared_noise:SharedNoise",
    "advected_noise": "tasks.video.frames.advected_noise:AdvectedNoise",
    "chained": "tasks.video.frames.chained:Chained",
    "jittered_prompt": "tasks.video.frames.jittered_prompt:JitteredPrompt",
    "noise_jitter": "tasks.video.frames.noise_jitter:NoiseJitter",
    "round_trip": "tasks.video.frames.round_trip:RoundTrip",
    "frozen": "tasks.video.frames.frozen:Frozen",
    "bordered": "tasks.video.frames.bordered:Bordered",
    "aligned": "tasks.video.frames.aligned:Aligned",
    "attending": "tasks.video.frames.attending:Attending",
    "colour_matched": "tasks.video.frames.colour_matched:ColourMatched",
}

FORMATS = {
    "webm": "tasks.video.files.formats:Webm",
    "gif": "tasks.video.files.formats:Gif",
}
