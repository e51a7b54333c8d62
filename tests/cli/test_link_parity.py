"""A share link gives the same in Python and in the page's JavaScript."""

import json
import math
import random
import subprocess
from pathlib import Path

import pytest

from py_lstm import Experiment, InvalidInput, link, numerals, versions
from py_lstm.damage.rules import DAMAGE
from py_lstm.experiment import CHANGEABLE, defaults
from py_lstm.initializers import INITIALIZERS
from py_lstm.mending import Kinds, mended
from py_lstm.packing import MOST_BYTES, pack, unpack
from py_lstm.tasks import TASKS
from web.build import toolchain
from web.build.paths import WEB

LINKS = [
    "", "#", "hidden_size=5&updates=40&t=7&quantity=c", "#a=1&a=2", "t=7.5&unit=", "t=many&unit=0x10", "t=1e400&unit=-Infinity&lang=zh-CN",
    "task=own&values=0.1,-2;1e-9,3;0.3333333333333333,0&targets=1,-1,.5", "values=", "values=;;", "values=1,,2", "targets=", "targets=a,%20b",
    "edits=weight_hh[0,2]:0.5;c_0[1]:-1e-7", "edits=", "edits=bias", "edits=a:b:1;;:3;x:", "edits=x:%3A1", "task=5", "learning_rate=1e-3",
    "seed=1e300", "seed=1e999", "seed=" + "9" * 400, "seed=12345678901234567890", "seed=1e20", "seed=1e21", "seed=-0", "scale=NaN", "scale=−1.5",
    "scale=%E2%88%922", "scale=1_000", "scale=٣", "scale=+5.", "scale=.", "scale=-", "scale=1e", "scale=\u00a05\ufeff", "scale=\u001c5", "scale=5\u0085",
    "task=%E0%A4%A", "task=%ED%A0%80", "task=%C0%80", "%", "=1", "foo", "foo=", "__proto__=1&x=2", "constructor=1", "toString=a", "task=a+b", "task=a=b=c",
    "changes=10:learning_rate:0.005;20:clip_norm:0.5", "changes=10:learning_rate:0.1;10:batch_size:4", "changes=", "changes=10", "changes=x:y:z:w",
    "changes=__proto__:a:1;1:__proto__:2;2:a:1", "beside=forget_bias%3D-2%7Cseed%3D3", "beside=cell%3Drnn&seed=2", "beside=changes%3D10:learning_rate:0.1",
    "~text=" + pack("the cat sat on the mat"), "~values=" + pack("1,2;3,4"), "~t=" + pack("7"), "~answer=" + pack("猫\n&=#"),
    "~text=" + pack("x" * 500)[:-1], "~text=", "~text=abc", "~=", "~", "~~text=" + pack("x"), "~foo=" + pack("5"), "~__proto__=" + pack("5"),
    "~values=" + pack(""), "~text=" + pack("0" * MOST_BYTES * 2), "~text=%2B%2B", "text=~abc", "text=", "damage_from=", "damage_from=3", "targets=a",
    "damage=clamp_f:0.5;no_carry", "damage=:", "damage=__proto__;a:b:c", "changes=100:learning_rate:0.002;250:clip_norm:0.5", "changes=1;2:a;:b:c;1:__proto__:5",
    "hide=rooms,seed&question=Why%3F&frame=1&puzzle=7&measured=score;x:4:zero:0.0001;not:noise&beside=seed%3D2%7Cseed%3D3", "edits=__proto__:1;a:2", "constructor=a&~constructor=" + pack("b"),
    "&&&", "room=train&theme=dark&projector=1", "task=%26&x=%3D", "loss_at=last&gradient_of=loss&forget_bias=-.5",
]




def in_javascript(function, arguments, module="link"):
    """What a function of web/core/link.js, or of another module there, gives for each of the arguments, which are lists; numbers that JSON lacks as text."""
    script = f"""
        import * as link from {json.dumps((WEB / "core" / f"{module}.js").as_uri())};
        const all = JSON.parse(await new Promise((done) => {{
            let text = ""; process.stdin.on("data", (more) => text += more).on("end", () => done(text)); }}));
        const tell = (key, value) => typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
        console.log(JSON.stringify(all.map((one) => link.{function}(...one)), tell));
    """
    node, _ = toolchain.find_node()
    done = subprocess.run([node, "--input-type=module", "-e", script], input=json.dumps(arguments), text=True, encoding="utf-8",
                          capture_output=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


KINDS = {"fields": link.FIELDS, "view": link.VIEW, "version": versions.VERSION, "former": versions.FORMER, "task": Experiment().task}


def test_the_same_link_gives_the_same():
    for text, right in zip(LINKS, in_javascript("decode", [[text, KINDS] for text in LINKS]), strict=True):
        found = link.decode(text)
        view = {name: {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN" if value != value else value)
                for name, value in found.view.items()}
        assert {"experiment": found.experiment, "view": view} == right, text[:100]


def test_the_same_link_gives_the_same_in_a_later_version(monkeypatch):
    former = [{"": {"task": "reber", "t": 4, "room": "train"}, "latch": {"updates": 7}, "reber": {"hidden_size": 5}}, {"latch": {"seed": 9}, "own": {"scale": 2.0}}]
    monkeypatch.setattr(versions, "FORMER", former)
    monkeypatch.setattr(versions, "VERSION", 3)
    kinds = KINDS | {"version": 3, "former": former}
    texts = ["#" + version + text.lstrip("#") for text in LINKS for version in ("", "version=2&", "version=3&", "version=4&")]
    for text, right in zip(texts, in_javascript("decode", [[text, kinds] for text in texts]), strict=True):
        found = link.decode(text)
        assert found.experiment == right["experiment"] and set(found.view) == set(right["view"]), text[:100]


NUMBERS = [
    "0,05", "０,０５", "０，０５", "０．０５", "1,000", "1,000e2", "-1,000", "0,000", "1,00", "1,0000", "1234,567", "1,000,000", "1,000.5", "1.000,5", "1.000.000", "1.000",
    "1'000", "1’000.5", "1'00", "1\u00a0000", "1\u202f000,5", "1 000", "24。", "0。5", "－３", "–5", "−1,5e−3", "5,", ",5", "1,2,3", "1，2", "1、2", "10²", "①", "½", "٣",
    "0x10", "1D3", "1_000", "NaN", "Infinity", "1e999", "1,5e999", "", " ", "50%", "５０％", "1 2", "--1", "+-1", "e", ".", ",", "'", "１２", "\u30001\u3000", "1e5", "１ｅ５", "Ｅ",
    "1\n", "\ufeff7", "1,234,567.5", "1,234,56", "0,123,456", "12'345'678,25", "1'234'567", "1\u2009234",
]


def test_a_typed_number_is_the_same_in_the_page():
    draw = random.Random(3)
    letters = "0123456789.,,'-+eE −，．０１ \u00a0\u202f。²"
    texts = NUMBERS + ["".join(draw.choices(letters, k=draw.randint(1, 9))) for _ in range(3000)]
    texts += [draw.choice(["", "-", "+"]) + draw.choice([",", ".", "'", "\u202f"]).join(str(draw.randrange(1000)).zfill(draw.choice([1, 3, 3]))
                                                                                        for _ in range(draw.randint(1, 4))) for _ in range(1000)]
    for text, right in zip(texts, in_javascript("number", [[text] for text in texts], "numerals"), strict=True):
        assert numerals.number(text) == right, text
    assert sum(not isinstance(numerals.number(text), str) for text in texts) > 500


def test_a_number_with_a_comma_in_a_link_is_that_number_and_rows_keep_their_commas():
    texts = ["#learning_rate=0,05", "#edits=bias[0]:0,5;x[1,0]:１", "#damage=clamp_f:0,5", "#values=0,5;1,2", "#targets=0,5", "#values=１;2", "#learning_rate=1,000"]
    for text, right in zip(texts, in_javascript("decode", [[text, KINDS] for text in texts]), strict=True):
        assert link.decode(text).experiment == right["experiment"], text
    assert [link.decode(text).experiment for text in texts] == [
        {"learning_rate": 0.05}, {"edits": {"bias[0]": 0.5, "x[1,0]": 1}}, {"damage": {"clamp_f": 0.5}}, {"values": [[0, 5], [1, 2]]}, {"targets": [0, 5]},
        {"values": [["１"], [2]]}, {"learning_rate": "1,000"}]


def some_experiment(draw):
    """One that a visitor could have made: of any task, with any of its fields another than usual."""
    number = lambda low, high: draw.choice([draw.uniform(low, high), round(draw.uniform(low, high), 2), draw.randint(int(low), int(high))])  # noqa: E731
    task = draw.choice([*TASKS, "own", "own", "own_text", "own_text"])
    fields = {"seed": draw.randrange(2**32), "scale": number(0, 100), "forget_bias": number(-50, 50), "input_bias": number(-50, 50),
              "learning_rate": 10 ** draw.uniform(-9, 2), "weight_decay": number(0, 2), "clip_norm": 10 ** draw.uniform(-9, 8.9), "updates": draw.randrange(10**5),
              "batch_size": draw.randint(1, 4096), "initializer": draw.choice(INITIALIZERS), "hidden_size": draw.randint(1, 64), "sequence_seed": draw.randrange(2**32),
              "loss_at": draw.choice(["every", "last"]), "gradient_of": draw.choice(["loss", "output"]), "schedule": draw.choice(["constant", "cosine", "step"]),
              "span": draw.randint(1, 5000), "optimizer": "sgd", "momentum": number(0, 0.9), "damage_from": draw.choice([None, 0, draw.randrange(100)]),
              "damage": {name: DAMAGE[name].usual for name in draw.sample(["clamp_f", "no_carry", "peepholes", "last_step_only", "noise"], draw.randrange(3))},
              "changes": {draw.randrange(10**5): {draw.choice(list(CHANGEABLE)[1:]): number(0, 1000)} for _ in range(draw.choice([0, 1, 30]))},
              "edits": {f"bias[{k}]": number(-1e6, 1e6) for k in range(draw.choice([0, 1, 4]))}}
    kept = {"task": task} | {name: value for name, value in fields.items() if draw.random() < 0.6}
    if "momentum" in kept:
        kept["optimizer"] = "sgd"
    if task == "own":
        steps, width = draw.randint(2, draw.choice([4, 200])), draw.randint(1, 4)
        kept["values"] = [[number(-1e6, 1e6) for _ in range(width)] for _ in range(steps)]
        kept["targets"] = draw.choice([None, [number(-5, 5) for _ in range(steps)]])
    if task == "own_text":
        kept["text"] = "".join(draw.choices("the cat sat,\n春眠不觉晓 &#=%~+🙂", k=draw.choice([60, 500])))
    return kept


VIEWS = [{}, {"room": "break", "t": 7, "unit": 2, "quantity": "dc"}, {"lang": "zh-CN", "theme": "dark", "projector": "1", "hide": "rooms,seed"},
         {"question": "Why?\n为什么 <b>?", "answer": "Because & so #1. " * 9, "frame": "1"}]


def test_what_one_side_writes_the_other_reads():
    draw = random.Random(7)
    made = []
    while len(made) < 300:
        try:
            made.append(Experiment.from_json(some_experiment(draw)))
        except InvalidInput:                            # two of its fields do not go together
            continue
    views = [VIEWS[k % len(VIEWS)] for k in range(len(made))]
    fields = [one.to_json() for one in made]
    usual = [defaults(one.task) | {"task": Experiment().task} for one in made]
    usual = [json.loads(json.dumps(one)) for one in usual]
    theirs = in_javascript("encode", [[one, view, base, KINDS] for one, view, base in zip(fields, views, usual, strict=True)])
    ours = [link.encode(one, view) for one, view in zip(made, views, strict=True)]
    assert sum("~" in text for text in theirs) > 50
    for one, view, text in zip(made, views, theirs, strict=True):
        found = link.whole(link.decode("https://example.org/#" + text))
        assert Experiment.from_json(found.experiment) == one, text
        assert found.view == view
    for one, view, found, text in zip(made, views, in_javascript("decode", [[text, KINDS] for text in ours]), ours, strict=True):
        assert Experiment.from_json(found["experiment"]) == one, text
        assert found["view"] == view
    # Short ones are even the same letters, but for numbers that JavaScript writes in its own way.
    plain = [(a, b) for a, b in zip(ours, theirs, strict=True) if "~" not in a + b and "e-" not in a + b]
    assert plain and all(sorted(a.split("&")) == sorted(b.split("&")) for a, b in plain)


def test_a_link_that_was_cut_off_is_told():
    whole = "~text=" + pack("the cat sat on the mat " * 9)
    assert link.whole(link.decode(whole)).experiment["text"].startswith("the cat")
    with pytest.raises(InvalidInput, match="cannot be unpacked.*Copy the whole link"):
        link.whole(link.decode(whole[:-3]))
    assert unpack(pack("0" * (MOST_BYTES + 1))) is None


CHANGED = json.loads((Path(__file__).parents[1] / "changed_links.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("one", CHANGED, ids=lambda one: one["how"])
def test_a_link_that_was_changed_on_its_way_says_what_it_said_and_what_was_done_to_it(one):
    wanted = one.get("experiment", {"hidden_size": 5, "updates": 40}), one.get("view", {})
    for text in (one["link"], "https://example.org/lab/" + one["link"], "https://example.org/lab/index.html" + one["link"]):
        assert link.decode(text) == wanted
        found = mended(text, Kinds(link.FIELDS, link.VIEW))
        assert found.notes == one.get("notes", {})
        said = link.changed(text)
        assert bool(said) == bool(found.notes) and all(what in said for what in found.notes.values())


def test_both_sides_mend_the_same_link_in_the_same_way():
    draw = random.Random(5)
    texts = [start + one["link"] for one in CHANGED for start in ("", "https://example.org/")] + ["#" + text.lstrip("#") for text in LINKS]
    signs = ["&amp;", "%26", "%3D", "%25", "=", "&", ")", "]", "。", "，", "\n", "%0A", " ", "\u200b", "—", "–", "...", "…", "?", "#", "~", "\\", "“", "utm_source=x",
             "&fbclid=1", "40", "hidden_size", "edits=", "[", ";", ":", "＝", "＆", "３", "/", "%E3%80%82", "K8l", "\U0001f642"]
    for _ in range(3000):
        text = draw.choice(texts)
        for _ in range(draw.randint(1, 3)):
            at = draw.randint(0, len(text))
            text = text[:at] + draw.choice(["", *signs]) + text[at + draw.choice([0, 0, 1, 3]):]
        texts.append(text)
    theirs = in_javascript("mended", [[text, KINDS] for text in texts], "mending")
    for text, right in zip(texts, theirs, strict=True):
        found = mended(text, Kinds(link.FIELDS, link.VIEW))
        assert {"pairs": [list(pair) for pair in found.pairs], "notes": found.notes, "isLink": found.is_link} == {
            **right, "pairs": [pair[:2] for pair in right["pairs"]]}, text[:200]
