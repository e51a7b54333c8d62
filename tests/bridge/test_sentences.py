"""Every refusal is a sentence of the page in the reader's language, and every sentence for a refusal can come about.

The refusals here are those of Python itself, asked as the page asks it. Which sentence each becomes, web/core/refusal.js says.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from py_lstm import Experiment, link
from web.build import toolchain
from web.build.paths import WEB

sys.path.insert(0, str(WEB / "python"))                 # where the modules beside bridge.py find one another

import bridge  # noqa: E402

MODULES = Path(__file__).parents[1] / "browser" / "modules"
EN = json.loads((WEB / "locales" / "en.json").read_text(encoding="utf-8"))
SMALL = {"updates": 2, "length": 6, "hidden_size": 2, "batch_size": 2}
LOOK = {"quantity": "f", "t": 1, "unit": 1}
# Said by the page itself: of a link, of what is on the screen instead, of nothing as a value, of an exception in Python, and of
# a Python that did not start, which tests/browser/test_faults.py brings about.
PAGES_OWN = {"refused.link", "refused.shown", "refused.nothing", "refused.python"} | {key for key in EN if key.startswith("refused.runtime.")}


@pytest.fixture(autouse=True)
def lab(monkeypatch):
    monkeypatch.setattr(bridge, "lab", bridge.Lab())


def call(method, *arguments):
    return json.loads(bridge.call(method, json.dumps(arguments))[0])


def begun(experiment, options=None):
    """The refusal of an experiment, when it begins or while it is trained; None if there is none."""
    header = call("begin", experiment, options or {})
    while not header.get("error") and not header.get("finished"):
        header = call("advance", 1000, LOOK)
    return header.get("error")


def asked(*question):
    """The refusal of a question."""
    header = call("ask", 1, *question)
    while "error" not in header and not header.get("done"):
        header = call("go_on", 1, 100)
        if header.get("part", {}).get("refused"):
            return header["part"]["refused"]
    return header.get("error")


def of(**patch):
    return lambda: begun({**SMALL, **patch})


def of_link(text):
    return lambda: begun({**SMALL, **link.decode(text).experiment})


def of_file(text):
    return lambda: call("opened", text).get("error")


def out_of_memory(error):
    def refused():
        lab = bridge.lab
        lab.begin = lambda *_: (_ for _ in ()).throw(error)
        try:
            return call("begin", {}, {}).get("error")
        finally:
            del lab.begin
    return refused


def writing(prompt="", temperature=1):
    def refused():
        text = {"task": "text_en", "updates": 1, "batch_size": 2, "hidden_size": 2, "length": 8}
        assert begun(text) is None
        return asked("write", Experiment(**text).to_json(), False, prompt, 20, temperature, 1)
    return refused


def typed(text, field="values", steps=None):
    return lambda: asked("numbers", field, text, steps)


OWN = {"task": "own", "values": [[0.1], [0.2], [0.3]]}
# The key of each sentence and what it is the answer to. A key stands here as often as there are ways to it worth trying.
WAYS = [
    ("refused.file.size", of_file("x" * 3_000_000)), ("refused.file.json", of_file("{")), ("refused.file.object", of_file("[1, 2]")),
    ("refused.integer.between", of(hidden_size=2.5)), ("refused.integer.between", of(updates="many")),
    ("refused.integer.between", of(seed=True)),
    ("refused.integer.atLeast", of(output_step="x")),
    ("refused.number.between", of(scale="0,5")), ("refused.number.between", of(learning_rate=None)),
    ("refused.number.between", of(**OWN, targets=[1, "x", 2])),
    ("refused.range.between", of(hidden_size=99)), ("refused.range.between", of(forget_bias=51)),
    ("refused.range.between", of(output_step=99)),
    ("refused.range.between", of(damage_from=-1)), ("refused.range.between", of(edits={"bias[0]": 1e9})),
    ("refused.range.between", of(factor=2)),
    ("refused.range.atLeast", of(output_step=-1)),
    ("refused.choice", of(optimizer="lion")), ("refused.choice", of(loss_at="never")),
    ("refused.choice", of(initializer="constructor")),
    ("refused.choice", of(schedule="steps")), ("refused.choice", of(gradient_of=5)),
    ("refused.task.choice", of(task="sorting")), ("refused.task.choice", of(task="x" * 500)),
    ("refused.unknown", of(foo=3)), ("refused.unknown", of(**{"<img src=x>": 1})),
    ("refused.unknown", of(**{"x" * 300: 1})), ("refused.unknown", of_link("#=1")),
    ("refused.type", of(edits=[1])), ("refused.type", of(changes=5)),
    ("refused.momentum.optimizer", of(momentum=0.5)), ("refused.momentum.optimizer", of(momentum=0.5, optimizer="adamw")),
    ("refused.edits.unknown", of(edits={"weight_hh[99,0]": 1})), ("refused.edits.unknown", of(edits={"foo": 1})),
    ("refused.changes.unknown", of(changes={"1": {"optimizer": 2}})),
    ("refused.values.missing", of(task="own")), ("refused.values.missing", of(task="own", values=[[1]])),
    ("refused.values.shape", of(task="own", values=[[1, 2], [3]])),
    ("refused.values.steps", of(task="own", values=[[1]] * 249)), ("refused.values.steps", of(task="own", values=[[1]] * 5000)),
    ("refused.values.width", of(task="own", values=[[1] * 5] * 3)), ("refused.values.width", of(task="own", values=[[1] * 99] * 3)),
    ("refused.values.range.between", of(task="own", values=[[1], [1e9]])),
    ("refused.values.task", of(values=[[1], [2]])), ("refused.targets.task", of(targets=[1, 2])), ("refused.text.task", of(text="abc")),
    ("refused.targets.shape", of(**OWN, targets=[1, 2, 3, 4])),
    ("refused.text.missing", of(task="own_text")), ("refused.text.range", of(task="own_text", text="abc")),
    ("refused.text.type", of(task="own_text", text="\ud800" * 60)),
    ("refused.text.shape", of(task="own_text", text="a" * 60)),
    ("refused.packed", of_link("#task=own_text&~text=K8lIVUhO")), ("refused.version.range", of(version=99)),
    ("refused.version.range", of(version="x")),
    ("refused.damage.unknown", of(damage={"foo": 1})), ("refused.damage.type", of(damage=[1])),
    ("refused.damage.value", of(damage={"clamp_f": 7})),
    ("refused.damage.value", of(damage={"no_carry": "x"})),
    ("refused.damage.odds", of(damage={"clamp_f": 1, "no_forget_gate": 1})),
    ("refused.damage.odds", of(damage={"coupled": 1, "no_input_gate": 1})),
    ("refused.damage.sizes", of(damage={"wrong_matrix": 1}, input_size=3)), ("refused.damage.own", of(**OWN, damage={"longer": 2})),
    ("refused.page", of(cell="gru")), ("refused.page", of(num_layers=2)), ("refused.page", of(bidirectional=True)),
    ("refused.type", of(bidirectional="yes")), ("refused.integer.between", of(num_layers="x")), ("refused.range.between", of(num_layers=9)),
    ("refused.cell.choice", of(cell="elman")), ("refused.damage.cell", of(cell="gru", damage={"clamp_f": 1})),
    ("refused.damage.long", of(length=200, damage={"longer": 9})),
    ("refused.beside.range", lambda: begun(SMALL, {"beside": [SMALL] * 9})),
    ("refused.cell.choice", lambda: begun(SMALL, {"beside": [{**SMALL, "cell": "transformer"}]})),
    ("refused.choice", lambda: begun(SMALL, {"stop": {"kind": "never", "value": 1}})),
    ("refused.number.between", lambda: begun(SMALL, {"stop": {"kind": "loss", "value": "x"}})),
    ("refused.measured.unknown", lambda: asked("begin_puzzle", 3, "foo:7")),
    ("refused.measured.range", lambda: asked("begin_puzzle", 3, ";".join(["score"] * 500))),
    ("refused.diverged", of(updates=150, learning_rate=1000, weight_decay=1000, optimizer="sgd")),
    ("refused.prompt.choice", writing(prompt="猫")), ("refused.number.atLeast", writing(temperature="x")),
    ("refused.range.atLeast", writing(temperature=-1)), ("refused.memory", out_of_memory(MemoryError())),
    ("refused.memory", out_of_memory(ValueError("array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible "
                                                "size."))),
    ("refused.other", lambda: asked("fewest")),
    ("refused.comma", of(learning_rate="1,000")), ("refused.ambiguous", typed("1,234\n1,235\n1,236")), ("refused.empty_cell", typed("1;;2\n3;4;5")),
    ("refused.empty_line", typed("1\n\n2")), ("refused.cell", typed("1\nx")), ("refused.cell_missing", typed("1\nnan")),
    ("refused.cell_percent", typed("5%\n6%")), ("refused.cell_date", typed("2024-01-01\n2024-01-02")), ("refused.cell_fortran", typed("1d3\n2d3")),
    ("refused.cell_hexadecimal", typed("0x10\n0x11")), ("refused.cell_large", typed("1e999")), ("refused.cell_unit", typed("5kg")),
    ("refused.brackets", typed("[1, 2")), ("refused.ragged", typed("1 2\n3")), ("refused.names", typed("a,b\n1,2,3")),
    ("refused.targets.missing", typed("", "targets", 3)), ("refused.targets.range.between", of(**OWN, targets=[1, 1e9, 2])),
]


def told(errors, tmp_path):
    """Key and sentences of each refusal, from the page's own code."""
    (tmp_path / "refusals.json").write_text(json.dumps(errors), encoding="utf-8")
    node, _ = toolchain.find_node()
    done = subprocess.run([node, str(MODULES / "refusals.mjs")], capture_output=True, text=True, encoding="utf-8", timeout=120,
                          env={**os.environ, "REFUSALS": str(tmp_path / "refusals.json")})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_refusal_is_a_sentence_and_every_sentence_can_come_about(tmp_path):
    errors = []
    for key, refused in WAYS:
        bridge.lab = bridge.Lab()
        error = refused()
        assert error, f"{key}: nothing was refused"
        errors.append(error)
    said = told(errors, tmp_path)
    assert [(wanted, one["key"]) for (wanted, _), one in zip(WAYS, said, strict=True) if wanted != one["key"]] == []
    assert {key for key in EN if key.startswith("refused.")} - PAGES_OWN == {one["key"] for one in said}
    for one, error in zip(said, errors, strict=True):
        for language in ("en", "zh-CN"):
            sentence = one[language]
            assert 8 < len(sentence) < 300, (one, error)
            assert not re.search(r"undefined|null|[{}]|\.0\b|None|py_lstm|InvalidInput", sentence), (one, error)
        # In Chinese: its own quotes and signs, a true minus, and no identifier but what somebody gave.
        chinese = re.sub("“[^”]*”", "", one["zh-CN"])
        assert not re.search(r"['\"]|[\u4e00-\u9fff][,;:!?]|(?<![\w.])-\d|[a-z]+_[a-z]", chinese), one
        assert not re.search(r"(?<![\w.e])-\d", re.sub("'[^']*'", "", one["en"])), one


def test_an_exception_in_python_and_what_nobody_thought_of_are_sentences_too(tmp_path):
    said = told([{"field": "experiment", "code": "python", "message": "KeyError: 'x'"},
                 {"field": "variant", "code": "choice", "message": "raw", "details": {"got": "'CIFG+NFG'", "choices": ["NP"]}},
                 {"field": "foo", "code": "never heard of", "message": "raw"},
                 {"field": None, "code": "x", "message": "raw", "details": {}}], tmp_path)
    assert [one["key"] for one in said] == ["refused.python", "refused.choice", "refused.other", "refused.other"]
    assert not any(re.search("undefined|raw|KeyError", one["en"] + one["zh-CN"]) for one in said)


def test_values_are_written_as_the_language_writes_them(tmp_path):
    got = ["'abc'", "-2.0", "nan", "None", "1e-05", '"it\'s"', "'a\\nb\\x00\\u732b'", "'" + "x" * 57 + "..."]
    said = told([{"field": "scale", "code": "number", "details": {"got": one, "low": -1e6, "high": 1e9}} for one in got], tmp_path)
    assert [one["zh-CN"].split("不是")[0] for one in said] == [
        "权重缩放系数：“abc” ", "权重缩放系数：−2 ", "权重缩放系数：NaN ", "权重缩放系数：空 ", "权重缩放系数：1e−05 ", "权重缩放系数：“it's” ",
        "权重缩放系数：“a\nb\0猫” ", f"权重缩放系数：“{'x' * 57}…” "]
    assert "−1000000 到 1000000000 的数" in said[0]["zh-CN"]
    assert said[0]["en"].startswith("Weight scale: 'abc' is no number from −1000000 to 1000000000")
