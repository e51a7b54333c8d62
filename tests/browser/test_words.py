"""Every word of the page stands in both languages: none is missing, none unused, and none left over in the other one."""
import inspect
import json
import re
import sys

import pytest
from lab import Lab, live_tabs, wait_until  # noqa: F401

from py_lstm import Experiment, table_ways
from py_lstm.experiment import GRADIENT_OF
from py_lstm.initializers import INITIALIZERS
from py_lstm.losses import LOSS_AT
from py_lstm.mending import SENTENCES
from py_lstm.optimizers import OPTIMIZERS
from py_lstm.reading import traits
from py_lstm.schedules import SCHEDULES
from py_lstm.tasks import OWN_SETTINGS, TASKS
from py_lstm.trace import BACKWARD, FORWARD
from web.build.paths import WEB

sys.path.insert(0, str(WEB / "python"))                 # where the modules beside bridge.py find one another

import bridge  # noqa: E402
import runs  # noqa: E402

LANGUAGES = ["en", "zh-CN"]
WORDS = {language: json.loads((WEB / "locales" / (language + ".json")).read_text(encoding="utf-8")) for language in LANGUAGES}


def sources():
    return {path: path.read_text(encoding="utf-8") for path in sorted(WEB.rglob("*.js*"))
            if "node_modules" not in path.parts and path.suffix in (".js", ".jsx")}


def test_both_languages_have_the_same_keys():
    assert set(WORDS["en"]) == set(WORDS["zh-CN"])


def test_both_languages_fill_in_the_same_values():
    for key in WORDS["en"]:
        holes = [sorted(set(re.findall(r"\{(\w+)\}", WORDS[language][key]))) for language in LANGUAGES]
        assert holes[0] == holes[1], key


def test_no_text_is_empty_and_none_was_left_in_english():
    for key, text in WORDS["en"].items():
        assert text.strip() and WORDS["zh-CN"][key].strip(), key
        if len(re.findall(r"[a-z]{3,}", re.sub(r"\{\w+\}", "", text))) > 2:
            assert re.search(r"[\u4e00-\u9fff]", WORDS["zh-CN"][key]), key


def test_every_key_the_code_asks_for_exists():
    for path, code in sources().items():
        for key in re.findall(r"""\bt\(\s*["']([^"']+)["']""", code):
            assert key in WORDS["en"], "%s asks for %s" % (path.name, key)


def source(path):
    return (WEB / path).read_text(encoding="utf-8")


def table(path, start):
    """What stands in the brackets that follow `start` in one of the page's files."""
    code = re.sub(r"//[^\n]*", "", source(path))
    text = code[code.index(start) + len(start):]
    depth, end = 0, 0
    while True:
        depth += {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}.get(text[end], 0)
        end += 1
        if depth == 0 and end > 1 and text[end - 1] in "}])":
            return text[:end]


def words(path, start):
    return re.findall(r'"([\w.]+)"', table(path, start))


def keys(path, start):
    """The outermost keys of an object."""
    inside, flat = table(path, start).strip()[1:-1], ""
    depth = 0
    for letter in inside:
        depth += {"{": 1, "[": 1, "(": 1}.get(letter, 0)
        flat += letter if depth == 0 else ""
        depth -= {"}": 1, "]": 1, ")": 1}.get(letter, 0)
    return re.findall(r"(\w+):", flat)


PUZZLE = bridge.break_room.schema()
CHOICES = {"task": [*TASKS, *OWN_SETTINGS], "initializer": INITIALIZERS, "optimizer": OPTIMIZERS, "loss_at": LOSS_AT,
           "gradient_of": GRADIENT_OF, "schedule": SCHEDULES}
QUANTITIES = dict.fromkeys([*FORWARD, *BACKWARD, "x", "target", "p", "y"])
TENSORS = ["weight_ih", "weight_hh", "bias", "readout_weight", "readout_bias", "h_0", "c_0", "x"]
CURVES = re.findall(r'\["(\w+)", "', table("views/Reach.jsx", "const CURVES = "))
TAKEN = words("views/share/TakeAway.jsx", "const GROUPS = ")
# What the code puts into each of its templates of keys, from the table that produces it.
EXPANSIONS = {
    "task.${name}": CHOICES["task"], "task.${task}.note": CHOICES["task"],
    "${field}.group.${group}": [("task", group) for group in ("simple", "published", "text", "own")],
    "field.${field}": [*(name for name in Experiment().to_json() if name != "version"), "stop", "temperature", "experiment", "beside",
    "cell",
                       "question", "answer"],
    "break.${(losses.value && { before: \"whole\", after: \"damaged\" }[name]) || name}": ["before", "after", "whole", "damaged", "rnn",
    "gru"],
    "changed.${code}": SENTENCES, "${field}.placeholder": ["values", "targets"],
    "break.rule.${name}": PUZZLE["rules"], "break.rule.${name}.note": PUZZLE["rules"], "break.kind.${kind}": PUZZLE["kinds"],
    "break.kind.${kind}.note": PUZZLE["kinds"], "break.look.${[...kinds][0]}": PUZZLE["kinds"],
    "break.setup.${name}": keys("core/breaking.js", "SETUPS = "),
    "puzzle.tensor.${name}": PUZZLE["checked"], "quantity.${quantity}": QUANTITIES, "tensor.${tensor}": TENSORS,
    "break.memory.${told.after?.over ?? \"step\"}": ["own", "string", "delay", "step", "length"], "break.${value}": ["rnn", "gru"],
    "metric.${trace.value.about.metric}": bridge.METRICS.values(), "published.${task}": [name for name, task in TASKS.items()
                                                                                        if bridge.about(task, 10)["published"]],
    "caption.${trace.value.captions[room.value]}": re.findall(r'"((?:latch|any)\.\w+|untrained|byHand(?:One)?)"', source("python/captions.py")),
    "term.${termOf(quantity)}.text": ["forget", "input", "output", "candidate", "cell", "hidden", "read", "answer", "target", "probability"],
    "term.${term}": words("views/Glossary.jsx", "const TERMS = "), "term.${term}.text": words("views/Glossary.jsx", "const TERMS = "),
    "help.${where}": re.findall(r'\n  \["(\w+)", \[', table("views/Help.jsx", "const KEYS = ")),
    "help.${what}": re.findall(r'", "(\w+)"\]', table("views/Help.jsx", "const KEYS = ")), "room.${name}": ["forward", "backward",
    "train", "break"],
    "theme.${other}": ["light", "dark"], "check.${name}": ["tensor", "elements", "error", "verdict"], "nudge.axis${axis}": ["0", "1"],
    "diagram.${part}": ["kept", "written"], "diagram.${way}": ["to", "via"], "inspector.copy.${form}": ["text", "latex"],
    "streams.${quantity}": ["dc", "dh"],
    "play.by.${name}": ["step", "equation"], "reach.${name}": CURVES, "tour.${what}": ["rise", "fall"],
    "tour.happened.${happened}": ["rise", "fall"],
    "about.recipe.${document.documentElement.dataset.recipe}": ["restored", "plain"], "offline.${state}": ["no", "coming", "yes", "failed"],
    "newVersion.${what}": re.findall(r'newVersion.value = "(\w+)"', source("core/offline.js")),
    "share.part.${part}": keys("core/handed.js", "PARTS = "),
    "${name}.copy": ["share.link", "share.embed.code", "take.text"],
    "share.${name}": re.findall(r'<Part name="(\w+)"', source("views/share/Share.jsx")),
    "share.question.${name}": ["ask", "tell"], "take.${group}": keys("views/share/TakeAway.jsx", "const GROUPS = "), "take.${kind}": TAKEN,
    "take.${kind}.note": TAKEN, "train.axis.${name}": ["log", "linear"], "train.stopped.${kind}": runs.STOPS,
    "train.stop.${kind}": ["none", "learnt", *runs.STOPS],
    "train.pair.${name}": keys("views/train/Setup.jsx", "const PAIRS = "), "train.pace.${name}": keys("core/training.js", "PACES = "),
    "train.shows.${pair}": keys("views/train/Setup.jsx", "const SHOWS = "), "break.${cell}": ["lstm", "rnn", "gru"],
    "trait.${trait}": re.findall(r'^        "(\w+)": ', inspect.getsource(traits.traits), re.M),
    "controls.${name}": ["undo", "redo"], "controls.${name}Keys": ["undo", "redo"],
    "place.${name}": keys("views/symbols.jsx", "const PARAMETERS = "),
    "values.by.${by}": ["semicolon", "brackets"], "values.between.${between}": table_ways._WORDS,
    "values.decimal.${decimal}": table_ways._MARKS.values(),
    "values.thousands.${thousands}": table_ways._MARKS.values(),
}
# Not each of these is ever there: of what separates, some never separate numbers.
LOOSE = {"values.between.${between}", "values.decimal.${decimal}", "values.thousands.${thousands}"}


def test_every_key_is_asked_for():
    """Not by a pattern that would fit anything: each template is filled with what the tables have."""
    code = {path.relative_to(WEB).as_posix(): text for path, text in sources().items()}
    code["page.py"] = (WEB / "build" / "page.py").read_text(encoding="utf-8")
    literal = set(re.findall(r"""["']([\w.-]+)["']""", "\n".join(code.values())))
    found = {template for text in code.values() for template in re.findall(r"`([\w.-]*\$\{[^`]*)`", text)}
    filled = set()
    for template, values in EXPANSIONS.items():
        assert template in found, f"{template} is no template of the code any more"
        filled |= {fill(template, value) for value in values}
    for field, options in CHOICES.items():
        filled |= {f"{field}.{option}" for option in options}
    # tests/bridge/test_sentences.py brings each of these about.
    filled |= {key for key in WORDS["en"] if key.startswith("refused.")}
    assert sorted(key for key in WORDS["en"] if key not in literal and key not in filled) == []
    missing = sorted(fill(template, value) for template, values in EXPANSIONS.items() if template not in LOOSE for value in values
                     if fill(template, value) not in WORDS["en"])
    assert missing == []


def fill(template, value):
    values = [value] if isinstance(value, str) else list(value)
    return re.sub(r"\$\{(?:[^{}]|\{[^{}]*\})*\}", lambda _: values.pop(0), template)


def test_every_quantity_and_every_field_has_a_name():
    for quantity in FORWARD + BACKWARD:
        assert "quantity." + quantity in WORDS["en"]
    for field in Experiment().to_json():
        if field != "version":
            assert "field." + field in WORDS["en"], field


# What stands on a Chinese page in Latin letters: names, units, and mathematics.
NAMES = {"Adam", "SGD", "LSTM", "Python", "py_lstm", "Glorot", "tanh", "MB", "kB", "English", "Home", "End", "Enter", "Esc", "NumPy", "KaTeX", "LaTeX",
         "Pyodide", "PyTorch", "Keras", "Xavier", "RMSProp", "Huber", "BPTT", "Tab", "log", "vs", "ID", "Shift", "NaN", "RNN",
         "Ctrl", "Mac", "Reber", "Gers", "Schmidhuber", "Cummins", "hanbingtao", "iframe"}
VISIBLE = """() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = walker.currentNode.parentElement;
      if (!at.closest("script, style, noscript, code, pre, textarea, .katex, .file, [lang=en], dialog:not([open])")) found.push(walker.currentNode.data);
    }
    // KaTeX sets words inside a formula as text.
    for (const at of document.querySelectorAll(".katex-html .text")) found.push(at.textContent);
    for (const at of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
      if (at.closest("[lang=en], code, .katex, dialog:not([open])")) continue;
      for (const name of ["aria-label", "title", "placeholder", "alt"]) found.push(at.getAttribute(name) ?? "");
    }
    found.push(document.title);
    return found.map((text) => text.trim()).filter(Boolean);
}"""


def english(texts):
    """Words of three or more Latin letters that are no names."""
    words = {}
    assert texts, "there are no words to look at"
    for text in texts:
        # File names, parameter places such as weight_hh[0,2], and what the visitor typed in quotes.
        cleaned = re.sub(r"[\w/.-]+\.(py|mjs|js|wasm|json|whl|zip)\b|\w+\[[\d,]+\]|'[^']*'|“[^”]*”", " ", text)
        for word in re.findall(r"[A-Za-z][A-Za-z_]{2,}", cleaned):
            if word not in NAMES and not word.startswith(("d_", "z_")):
                words[word] = text
    return words


@pytest.fixture(scope="module")
def chinese(live_tabs):
    tab = live_tabs("#lang=zh-CN&updates=3")
    yield Lab(tab)
    tab.watch.check()
    tab.context.close()


def test_the_search_for_english_finds_it():
    assert set(english(["遗忘门 gate", "单元 3", "Adam"])) == {"gate"}


@pytest.mark.parametrize("room, quantities", [("forward", FORWARD), ("backward", BACKWARD)])
def test_a_chinese_page_has_no_english_word(chinese, room, quantities):
    chinese.enter(room)
    found = {}
    for gradient_of in ("output", "loss"):
        chinese.set(gradient_of=gradient_of)
        for quantity in quantities:
            for t in (1, 24):
                chinese.select(quantity, t, 1)
                wait_until(chinese.tab, "([q, t]) => document.querySelector('.inspector data')?.dataset.place.startsWith(`${q},${t},`)",
                           arg=[quantity, t])
                found |= english(chinese.tab.evaluate(VISIBLE))
    assert found == {}


@pytest.mark.parametrize("patch", [
    {"hidden_size": "many"}, {"hidden_size": 0}, {"length": 2.5}, {"scale": "big"}, {"scale": -1}, {"task": "sorting"}, {"foo": 1},
    {"task": "own", "values": [[1]]}, {"task": "own", "values": [[1], [2, 3]]}, {"task": "own", "values": [[1], ["x"]]},
    {"task": "own", "values": [[1], [1e9]]}, {"task": "own", "values": [[1]] * 300},
    {"task": "own", "values": [[1], [2]], "targets": [1]}, {"task": "own", "values": [[1], [2]], "targets": [1, "x"]},
    {"values": [[1]]}, {"version": 3}, {"edits": {"nothing[0]": 1}}, {"edits": {"bias[0]": "x"}}, {"learning_rate": 1e6},
    {"seed": -1}, {"batch_size": 0}, {"output_step": 99}, {"updates": 3, "learning_rate": 1000, "weight_decay": 1000,
                                                          "optimizer": "sgd"},
], ids=str)
def test_every_refusal_is_said_in_chinese(chinese, patch):
    patch = {**patch, "updates": 150} if patch.get("weight_decay") else patch
    said = chinese.tab.evaluate("patch => lab.set(patch).then(() => null, (error) => error.message)", patch)
    assert said, "it was not refused"
    sentences = [text for text in chinese.tab.locator(".refusal").all_text_contents() if text]
    assert len(sentences) == 1
    assert re.search(r"[\u4e00-\u9fff]", sentences[0]), sentences
    leftover = set(english(sentences)) - {"foo", "weight_ih", "weight_hh"} - set(english([" ".join([*TASKS, *OWN_SETTINGS])]))
    assert leftover == set()
    chinese.set(updates=3, seed=1)


def test_the_language_switch_changes_every_word_and_back(chinese):
    tab = chinese.tab
    chinese.enter("forward")
    before = tab.evaluate("document.body.innerText")
    tab.locator("header button[lang]").click()
    wait_until(tab, "document.documentElement.lang === 'en'")
    shown = tab.evaluate(VISIBLE.replace("[lang=en]", "[lang=zh-CN]"))
    assert len(shown) > 100 and [text for text in shown if re.search(r"[\u4e00-\u9fff]", text)] == []
    assert re.search(r"[\u4e00-\u9fff]", tab.title()) is None
    tab.locator("header button[lang]").click()
    assert tab.evaluate("document.body.innerText") == before
