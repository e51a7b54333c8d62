"""Every word of the page stands in both languages: none is missing, none unused, and none left over in the other one."""
import json
import re

import pytest
from lab import Lab, live_tabs, wait_until  # noqa: F401

from py_lstm.tasks import OWN_SETTINGS, TASKS
from py_lstm.trace import BACKWARD, FORWARD
from web.build.paths import WEB

LANGUAGES = ["en", "zh-CN"]
WORDS = {language: json.loads((WEB / "locales" / (language + ".json")).read_text(encoding="utf-8")) for language in LANGUAGES}


def sources():
    return {path: path.read_text(encoding="utf-8") for path in sorted(WEB.rglob("*.js*"))
            if "node_modules" not in path.parts and path.suffix in (".js", ".jsx")}


def templates(code):
    """`field.${field}` as a pattern, for every template that begins with a word and a dot."""
    found = re.findall(r"`([\w.-]*\$\{[^`]*)`", code)
    return {re.sub(r"\\\$\\\{.*?\\\}|\$\{.*?\}", r".+", re.sub(r"(?<!\$)([.])", r"\\.", text)) for text in found if " " not in re.sub(r"\$\{.*?\}", "", text)}


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


def test_every_key_is_asked_for():
    # The build itself writes one sentence into index.html.
    code = "\n".join([*sources().values(), (WEB / "build" / "page.py").read_text(encoding="utf-8")])
    literal = set(re.findall(r"""["']([\w.-]+)["']""", code))
    patterns = [re.compile(pattern) for pattern in templates(code) if pattern.split(".+")[0]]
    # <Choice field="optimizer"> names its options `${field}.${option}`.
    patterns += [re.compile(field + r"\.\w+") for field in re.findall(r'<Choice field="(\w+)"', code)]
    unused = [key for key in WORDS["en"] if key not in literal and not any(pattern.fullmatch(key) for pattern in patterns)]
    assert unused == []


def test_every_quantity_and_every_field_has_a_name():
    from py_lstm import Experiment
    for quantity in FORWARD + BACKWARD:
        assert "quantity." + quantity in WORDS["en"]
    for field in Experiment().to_json():
        if field != "version":
            assert "field." + field in WORDS["en"], field


# What stands on a Chinese page in Latin letters: names, units, and mathematics.
NAMES = {"Adam", "SGD", "LSTM", "Python", "py_lstm", "Glorot", "tanh", "MB", "kB", "English", "Home", "End", "Enter", "Esc", "NumPy", "KaTeX", "LaTeX",
         "Pyodide", "PyTorch", "Keras", "Xavier", "RMSProp", "Huber", "BPTT", "Tab", "log", "vs", "ID", "Shift", "NaN", "RNN",
         "Ctrl", "Mac", "Reber", "hanbingtao", "iframe"}
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
    for text in texts:
        # File names, parameter places such as weight_hh[0,2], and what the visitor typed in quotes.
        cleaned = re.sub(r"[\w/.-]+\.(py|mjs|js|wasm|json|whl|zip)\b|\w+\[[\d,]+\]|'[^']*'", " ", text)
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
    left = [text for text in tab.evaluate(VISIBLE.replace("[lang=en]", "[lang=zh-CN]")) if re.search(r"[\u4e00-\u9fff]", text)]
    assert left == []
    assert re.search(r"[\u4e00-\u9fff]", tab.title()) is None
    tab.locator("header button[lang]").click()
    assert tab.evaluate("document.body.innerText") == before
