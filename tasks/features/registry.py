"""The feature extractors, by name. A new one is a new file and a new line here."""

EXTRACTORS = {
    "lab": "tasks.features.lab:Lab",
    "luminance": "tasks.features.luminance:Luminance",
    "position": "tasks.features.position:Position",
    "sobel": "tasks.features.sobel:Sobel",
    "variance": "tasks.features.variance:Variance",
}
