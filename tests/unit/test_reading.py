"""What is found in a text: the traits of its characters, the states of a network that reads it, and which unit follows which trait."""
import numpy as np
import pytest

from py_lstm import Experiment, InvalidInput, Trainer, cell, sample
from py_lstm.losses import log_softmax
from py_lstm.reading import passage as passages
from py_lstm.reading.followers import followers
from py_lstm.reading.passage import joined, passage, read
from py_lstm.reading.traits import traits
from py_lstm.sampling import write

LINES = 'He said: "(no 1) go."\nNo one.\n' * 4


@pytest.fixture(scope="module")
def trainer():
    trained = Trainer(Experiment("own_text", text=LINES, hidden_size=6, length=10, batch_size=4))
    trained.parameters_after(30)
    return trained


def test_every_trait_is_what_the_text_says():
    found = traits(LINES)
    for k, letter in enumerate(LINES):
        before = LINES[:k]
        assert found["line"][k] == k - 1 - before.rfind("\n")
        assert found["sentence"][k] == k - 1 - before.rfind(".")
        assert found["brackets"][k] == (before + letter).count("(") - (before + letter).count(")")
        assert found["quotes"][k] == (before + letter).count('"') % 2
        assert found["space"][k] == (letter == " ") and found["vowel"][k] == (letter in "aeiouAEIOU")
        assert found["capital"][k] == letter.isupper() and found["punctuation"][k] == (letter in ':"().')
        here = letter.isalnum()
        assert found["word_end"][k] == (here and k + 1 < len(LINES) and not LINES[k + 1].isalnum())
        assert found["word"][k] == (len(before) - len(before.rstrip("HesaidnogNl1")) if here else 0)


def test_what_hardly_varies_is_left_out():
    assert traits("aaaa") == {} and traits("") == {}
    assert "digit" not in traits(LINES) and "line_end" in traits(LINES)           # four digits, eight line ends


def test_chinese_punctuation_counts_and_a_text_without_spaces_has_no_words():
    chinese = "道可道，非常道。名可名（无名），非常名。\n" * 3
    found = traits(chinese)
    assert {"line", "sentence", "brackets", "punctuation"} <= set(found)
    assert not {"word", "word_end", "vowel", "capital"} & set(found)
    assert not {"word", "word_end", "vowel", "capital"} & set(traits("これはペンです。LSTM や RNN を学ぶ。" * 4))
    assert {"word", "word_end", "vowel", "capital"} <= set(traits(LINES * 6 + chinese))           # mostly English
    assert {"word", "word_end"} <= set(traits("שלום עולם, זה טקסט. " * 6))                       # no case, but words


def test_a_passage_is_held_out_where_that_is_long_enough():
    english = Experiment("text_en").about.text
    assert passage(english) == (len(english.learnt), len(english.learnt))
    own = Experiment("own_text", text=LINES).about.text
    assert passage(own) == (0, len(own.learnt))


def test_states_read_in_pieces_are_those_of_one_go(trainer, monkeypatch):
    text, network = trainer.experiment.about.text, trainer.network
    whole = cell.forward(text.numbers[:, np.newaxis], np.zeros((1, 6)), np.zeros((1, 6)), cell.Weights(*(network.parameters[name] for name in cell.Weights._fields)))
    share = np.exp(log_softmax(network.forward(text.numbers[:, np.newaxis]).y[:, 0]))
    for piece in (1, 7, 1000):
        monkeypatch.setattr(passages, "PIECE", piece)
        for _ in range(2):                              # it leaves no trace in the network
            told = joined(list(read(network, text.numbers)))
            assert np.abs(told.h - whole.h[:, 0]).max() < 1e-14 and np.abs(told.c - whole.c[:, 0]).max() < 1e-14
            assert (told.guess == share.argmax(axis=1)).all() and np.abs(told.p_guess - share.max(axis=1)).max() < 1e-14
            assert np.abs(told.p_next[:-1] - share[np.arange(len(share) - 1), text.numbers[1:]]).max() < 1e-14
            assert np.isnan(told.p_next[-1])


def test_the_closest_follower_is_the_one_that_numpy_finds(trainer):
    text = trainer.experiment.about.text
    told = joined(list(read(trainer.network, text.numbers)))
    known = traits(LINES)
    found = followers({"c": told.c, "h": told.h}, known)
    assert [abs(one.correlation) for one in found] == sorted((abs(one.correlation) for one in found), reverse=True)
    for one in found:
        everybody = {(q, u + 1): np.corrcoef(getattr(told, q)[:, u], known[one.trait])[0, 1] for q in "ch" for u in range(6)}
        best = max(everybody, key=lambda place: abs(everybody[place]))
        assert (one.quantity, one.unit) == best and one.correlation == pytest.approx(everybody[best], abs=1e-12)
    assert followers({"c": told.c, "h": told.h}, known) == found


def test_noise_follows_no_better_than_chance():
    rng = np.random.default_rng(3)
    states = {"c": rng.normal(size=(800, 64)), "h": rng.normal(size=(800, 64))}
    for one in followers(states, traits("the cat (so fat) sat.\n" * 36 + "the cat ")):
        assert abs(one.correlation) < 1.6 * one.chance < 0.4
    assert followers({"c": np.zeros((30, 2))}, {"space": np.arange(30.0)})[0].correlation == 0.0


def test_what_is_written_is_what_is_sampled_and_its_states_are_those_of_reading_it(trainer):
    characters = trainer.experiment.about.text.characters
    parts = list(write(trainer.network, trainer.experiment.about, "No", 40, temperature=0.8, rng=4))
    text = "".join(characters[number] for part in parts for number in part.numbers)
    assert text == "No" + "".join(sample(trainer, "No", 40, temperature=0.8, rng=4)) and len(text) == 42
    numbers = np.array([characters.index(letter) for letter in text])
    told = joined(list(read(trainer.network, numbers)))
    assert np.abs(np.concatenate([part.h for part in parts]) - told.h).max() < 1e-13
    assert np.abs(np.concatenate([part.c for part in parts]) - told.c).max() < 1e-13


def test_a_prompt_with_a_strange_character_is_refused(trainer):
    with pytest.raises(InvalidInput) as refused:
        write(trainer.network, trainer.experiment.about, "Zebra", 3, temperature=1, rng=0)
    assert refused.value.field == "prompt" and "'Z'" in str(refused.value)
