"""The tokenizer: CLIP's, with a vocabulary of its own.

Text is put in lower case and cut into words; words are cut into symbols by byte-pair encoding, so
that frequent words are one token and rare ones a few. A character that no symbol stands for
becomes the end token.
"""

import string
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Int
from transformers import CLIPTokenizer

from tasks.base.byte_pairs import merges
from tasks.base.vocabulary import WORDS

START, END, SUFFIX = "<|startoftext|>", "<|endoftext|>", "</w>"
SYMBOLS = string.ascii_lowercase + string.digits + string.punctuation


def train(captions: Iterable[str], *, size: int, length: int) -> CLIPTokenizer:
    """Return a tokenizer of at most `size` tokens, learnt from `captions` and the general
    vocabulary; every caption fills `length` tokens.

    Its last two tokens are the start and the end mark; the end mark also pads.
    """
    single = [*SYMBOLS, *(symbol + SUFFIX for symbol in SYMBOLS)]
    words = _words([*sorted(set(captions)), *WORDS])
    pairs = merges(words, single, SUFFIX, size - 2)
    tokens = dict.fromkeys([*single, *(left + right for left, right in pairs), START, END])
    numbered = {token: number for number, token in enumerate(tokens)}
    rules: Any = pairs
    return CLIPTokenizer(vocab=numbered, merges=rules, model_max_length=length)


def _words(texts: Iterable[str]) -> dict[str, int]:
    """Return the words that consist of known symbols, with their counts."""
    backend = CLIPTokenizer(vocab={START: 0, END: 1}, merges=[]).backend_tokenizer
    normalizer, cutter = backend.normalizer, backend.pre_tokenizer
    assert normalizer is not None
    assert cutter is not None
    counts = Counter(
        word
        for text in texts
        for word, _ in cutter.pre_tokenize_str(normalizer.normalize_str(text))
    )
    return {word: count for word, count in counts.items() if set(word) <= set(SYMBOLS)}


def tokens(tokenizer: CLIPTokenizer, captions: Sequence[str]) -> Int[np.ndarray, "caption token"]:
    """Return the token numbers of `captions`, cut or padded to the tokenizer's length."""
    length = tokenizer.model_max_length
    coded = tokenizer(list(captions), padding="max_length", truncation=True, max_length=length)
    return np.asarray(coded["input_ids"], np.int64)
