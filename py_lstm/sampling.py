"""Text from a network that foretells the next character: sampled one by one, each fed back in."""

from __future__ import annotations

from itertools import islice
from typing import Iterator, NamedTuple

import numpy as np

from .losses import log_softmax
from .network import Network, Pass
from .tasks import Task
from .training import Trainer
from .validation import InvalidInput, generator, instance, integer, number, shown


def sample(trainer: Trainer, prompt: str = "", length: int = 200, *, temperature: float = 1.0, rng=0, network: Network | None = None
           ) -> Iterator[str]:
    """Characters that go on from a prompt, one at a time.

    Parameters
    ----------
    trainer : one that trains on a text, such as Trainer(Experiment("text_en"))
    prompt : text that the network reads first; without one it begins as after a line break
    length : int >= 0, how many characters to give
    temperature : float >= 0
        What the logits are divided by: 1 samples what the network believes, less makes it repeat what is likeliest, 0
        always takes that, more makes it bolder.
    rng : a seed or a `numpy.random.Generator`
    network : Network or None
        The network that writes, where it is not the trainer's own: one with edits or a damage, such as `Objective.network` gives.

    Raises
    ------
    InvalidInput
        At once, not at the first character.

    Examples
    --------
    >>> trainer = Trainer(Experiment("text_en"))                                # not trained: letters without sense
    >>> text = "".join(sample(trainer, "the ", 20, temperature=0.8, rng=1))
    >>> len(text), text == "".join(sample(trainer, "the ", 20, temperature=0.8, rng=1))
    (20, True)
    """
    about = instance("trainer", trainer, Trainer).experiment.about
    if about.text is None:
        raise InvalidInput("trainer", "choice", f"trainer trains on {about.name}, which is no text; give one that trains on text_en, "
                           "text_zh or own_text.", got=about.name)
    written = write(network or trainer.network, about, prompt, length, temperature=temperature, rng=rng)
    return (about.text.characters[one.numbers[0]] for one in islice(written, 1, None))


class Written(NamedTuple):
    """Characters by their numbers, and the states (n, H) behind each: first those of the prompt, then one at a time.

    They are those of the first layer; a cell that carries nothing but h has it for c, too.
    """

    numbers: list[int]
    h: np.ndarray
    c: np.ndarray


def write(network: Network, about: Task, prompt: str, length: int, *, temperature: float, rng) -> Iterator[Written]:
    """As `sample`, for any network that was trained on the text of a task: what is read and written, with the states."""
    characters = about.text.characters
    if network.architecture.bidirectional:
        raise InvalidInput("trainer", "choice", "The network reads its text from the end, too, and so cannot go on writing one; give one "
                           "with bidirectional=False.")
    if not isinstance(prompt, str):
        raise InvalidInput("prompt", "type", f"prompt is {shown(prompt)}; give text.", got=shown(prompt))
    unknown = [letter for letter in prompt if letter not in characters]
    if unknown:
        raise InvalidInput("prompt", "choice", f"prompt has {shown(unknown[0])}, which the text of {about.name} never has; use its "
                           f"{len(characters)} characters only.", got=shown(unknown[0]))
    return _written(network, [characters.index(letter) for letter in prompt or _before(characters)],
                    integer("length", length, 0, 1_000_000), number("temperature", temperature, 0), generator("rng", rng))


def inside(done: Pass) -> tuple[np.ndarray, np.ndarray]:
    """h and c (n, H) of one sequence in the first layer."""
    steps = done.steps
    return steps.h[:, 0], getattr(steps, "c", steps.h)[:, 0]


def _before(characters: str) -> str:
    """What stands before the beginning: a line break where the text has any, else a space, else its first character."""
    return next((letter for letter in "\n " if letter in characters), characters[0])


def _written(network: Network, read: list[int], length: int, temperature: float, rng: np.random.Generator) -> Iterator[Written]:
    states = network.states
    for _ in range(length):
        done = network.forward_from(np.array(read)[:, np.newaxis], states)
        yield Written(read, *inside(done))
        states = network.states_after(done)
        read = [_drawn(done.y[-1, 0], temperature, rng)]
    yield Written(read, *inside(network.forward_from(np.array(read)[:, np.newaxis], states)))


def _drawn(logits: np.ndarray, temperature: float, rng: np.random.Generator) -> int:
    """The number of a class, drawn from softmax(logits / temperature)."""
    if temperature == 0:
        return int(logits.argmax())
    with np.errstate(over="ignore", under="ignore"):
        share = np.exp(log_softmax((logits - logits.max()) / temperature))
    return int(np.searchsorted(np.cumsum(share), rng.random() * share.sum(), side="right").clip(0, len(share) - 1))
