import numpy as np
import pytest
from transformers import CLIPTokenizer

from tasks.base import tokenizer

CAPTIONS = [
    "mountains, red flower",
    "a winter landscape with pine trees",
    "a grey photo of bricks close up",
]


@pytest.fixture(scope="module")
def trained() -> CLIPTokenizer:
    return tokenizer.train(CAPTIONS, size=1200, length=24)


def test_frequent_words_are_single_tokens(trained):
    for word in ("winter", "bricks", "mountains", "flower", "red", "light"):
        assert trained.tokenize(word) == [word + tokenizer.SUFFIX]


def test_captions_come_back_from_their_tokens(trained):
    numbers = tokenizer.tokens(trained, CAPTIONS)
    assert numbers.shape == (3, 24)
    back = trained.batch_decode(numbers.tolist(), skip_special_tokens=True)
    assert [text.strip().replace(" ,", ",") for text in back] == CAPTIONS


def test_a_caption_is_framed_by_the_marks_and_padded_with_the_last(trained):
    numbers = tokenizer.tokens(trained, [""])[0]
    assert numbers[0] == trained.bos_token_id
    assert (numbers[1:] == trained.eos_token_id).all()


def test_a_long_caption_is_cut(trained):
    numbers = tokenizer.tokens(trained, ["red " * 100])[0]
    assert len(numbers) == 24
    assert numbers[-1] == trained.eos_token_id


@pytest.mark.parametrize("caption", ["日本", "é", "\n\t", "A!?; (x) 3", "<|endoftext|>"])
def test_any_text_becomes_known_tokens(trained, caption):
    numbers = tokenizer.tokens(trained, [caption])[0]
    assert numbers.min() >= 0
    assert numbers.max() < len(trained)


def test_case_and_spaces_do_not_matter(trained):
    first, second = tokenizer.tokens(trained, ["A  Winter Landscape", "a winter landscape"])
    np.testing.assert_array_equal(first, second)


def test_training_twice_gives_the_same_tokenizer(trained):
    again = tokenizer.train(reversed(CAPTIONS), size=1200, length=24)
    assert again.get_vocab() == trained.get_vocab()


def test_the_vocabulary_keeps_to_its_size(trained):
    assert 1000 < len(trained) <= 1200


def test_a_saved_tokenizer_loads_as_the_same(trained, tmp_path):
    trained.save_pretrained(tmp_path)
    again = CLIPTokenizer.from_pretrained(tmp_path)
    np.testing.assert_array_equal(
        tokenizer.tokens(again, CAPTIONS), tokenizer.tokens(trained, CAPTIONS)
    )
