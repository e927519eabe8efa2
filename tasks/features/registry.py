"""The feature extractors, by name. A new one is a new file and a new line here."""

EXTRACTORS = {
    "canny": "tasks.features.canny:Canny",
    "entropy": "tasks.features.entropy:Entropy",
    "gabor": "tasks.features.gabor:Gabor",
    "hog": "tasks.features.hog:Hog",
    "lab": "tasks.features.lab:Lab",
    "laplacian": "tasks.features.laplacian:Laplacian",
    "latents": "tasks.features.latents:Latents",
    "luminance": "tasks.features.luminance:Luminance",
    "pca": "tasks.features.pca:Pca",
    "position": "tasks.features.position:Position",
    "rgb": "tasks.features.rgb:Rgb",
    "sift": "tasks.features.sift:Sift",
    "slic": "tasks.features.slic:Slic",
    "sobel": "tasks.features.sobel:Sobel",
    "variance": "tasks.features.variance:Variance",
}
