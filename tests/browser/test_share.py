"""The share dialog, what a link hands over, frames; and that no link, however hostile, breaks or injects anything."""
import csv
import os
import random
import re
import shutil
from urllib.parse import quote

import pytest
from downloads import READY, SHARE, assert_right, take_all, trace_of, until
from lab import DEFAULTS, Lab, lab, live_tabs, shared_tab, wait_until  # noqa: F401
from test_accessibility import violations
from test_trust import live_frame, school  # noqa: F401

from py_lstm import Experiment, link
from py_lstm.packing import pack
from web.build import one_file, serve
from web.build.paths import DIST, MODULES

# 10,000 with PY_LSTM_FUZZ=10000 .venv/bin/python -m pytest tests/browser/test_share.py -k hostile
FUZZED = int(os.environ.get("PY_LSTM_FUZZ", "60"))


@pytest.fixture
def dialog(lab):
    lab.tab.evaluate("location.hash = 'updates=3&seed=5'")
    wait_until(lab.tab, "lab.experiment.seed === 5 && lab.experiment.updates === 3")
    lab.tab.get_by_role("button", name="Share", exact=True).click()
    wait_until(lab.tab, "document.querySelector('.share .copy-box')")
    return lab.tab.locator("dialog")


def opened(dialog, name):
    dialog.locator("[data-part-of-share=%s] > summary" % name).click()
    return dialog.locator("[data-part-of-share=%s]" % name)


def address(dialog):
    return dialog.locator(".copy-box textarea").first.input_value()


def follow(lab, text):
    """Follow a link within the page and wait for what it hands over."""
    lab.tab.evaluate("document.querySelector('dialog')?.close()")
    lab.tab.evaluate("hash => { location.hash = hash; }", text.partition("#")[2])


def test_the_link_is_copied_and_where_that_is_denied_it_is_selected(lab, dialog):
    assert link.decode(address(dialog)).experiment == {"seed": 5, "updates": 3}
    lab.tab.evaluate("""() => { window.copied = null;
        navigator.clipboard.writeText = async (text) => { window.copied = text; }; }""")
    dialog.get_by_role("button", name="Copy link").click()
    wait_until(lab.tab, "document.querySelector('.copy-box [role=status]')?.textContent === 'Copied'")
    assert lab.tab.evaluate("copied") == address(dialog)
    lab.tab.evaluate("""() => { navigator.clipboard.writeText = async () => { throw new DOMException("", "NotAllowedError"); };
        document.execCommand = () => false; }""")
    dialog.get_by_role("button", name="Copy link").click()
    wait_until(lab.tab, "document.querySelector('.copy-box [role=status]')?.textContent.includes('Ctrl+C')")
    assert lab.tab.evaluate("String(getSelection()) || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)"
                            ) == address(dialog)


def test_a_teacher_who_started_the_folder_is_told_whom_its_link_leads_nowhere(lab, dialog):
    assert "served to this machine alone" in dialog.locator("section").first.inner_text()
    opened(dialog, "qr").get_by_text("that of this machine").wait_for()     # what makes the code comes on demand


def test_it_is_used_by_keyboard_and_escape_goes_back_to_the_button(lab):
    lab.tab.get_by_role("button", name="Share", exact=True).focus()
    lab.tab.keyboard.press("Enter")
    wait_until(lab.tab, "document.querySelector('.share .copy-box')")
    assert lab.tab.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    lab.tab.keyboard.press("Escape")
    wait_until(lab.tab, "!document.querySelector('dialog')")
    assert lab.tab.evaluate("document.activeElement.textContent") == "Share"


def test_a_question_is_asked_and_its_answer_covered(lab, dialog):
    ask, tell = "Why <b>here</b>?\nAnd & #?", "<img src=x onerror=window.injected=1> 因为标记"
    part = opened(dialog, "question")
    part.locator("textarea").nth(0).fill(ask)
    part.locator("textarea").nth(1).fill(tell)
    text = address(dialog)
    assert "injected" not in text and link.decode(text).view == {"question": ask, "answer": tell}
    follow(lab, text)
    wait_until(lab.tab, "document.querySelector('.handed')")
    place = lab.tab.locator(".handed")
    assert place.locator(".handed-text").first.text_content() == ask and "injected" not in place.text_content()
    place.get_by_role("button", name="Show the answer").click()
    wait_until(lab.tab, "document.querySelector('.handed [role=status]')?.textContent")
    assert place.locator("[role=status]").text_content() == tell
    assert lab.tab.evaluate("[window.injected, document.querySelectorAll('.handed img, .handed b').length]") == [None, 0]
    place.get_by_role("button", name="Cover the answer").click()
    wait_until(lab.tab, "!document.querySelector('.handed [role=status]').textContent")


def test_only_chosen_controls_are_shown_until_everything_is(lab, dialog):
    part = opened(dialog, "choose")
    for name in ("rooms", "network", "details"):
        part.locator("[data-show=%s]" % name).uncheck()
    part.locator("summary", has_text="Training").click()
    part.locator("[data-show=optimizer]").uncheck()
    text = address(dialog)
    assert link.decode(text).view == {"hide": "rooms,network,details,optimizer"}
    follow(lab, text)
    wait_until(lab.tab, "document.querySelector('.handed-note')")
    hidden = ("header nav", "[data-field=hidden_size]", ".right", "[data-field=optimizer]")
    assert not any(lab.tab.locator(place).first.is_visible() for place in hidden)
    assert lab.field("length").is_visible() and lab.field("loss_at").is_visible()
    width = "document.querySelector('main').getBoundingClientRect().width"
    wide = lab.tab.evaluate(width)
    lab.tab.get_by_role("button", name="Show everything").click()
    wait_until(lab.tab, "!document.querySelector('.handed-note')")
    assert all(lab.tab.locator(place).first.is_visible() for place in hidden) and wide > lab.tab.evaluate(width) + 200


def test_the_qr_code_reads_as_the_link(lab, dialog):
    opened(dialog, "qr")
    wait_until(lab.tab, "document.querySelector('svg.qr path')")
    lab.tab.evaluate((MODULES / "jsqr" / "dist" / "jsQR.js").read_text(encoding="utf-8").replace("typeof self !== 'undefined' ? self : this", "window") + ";undefined")
    read = """() => {
        const svg = document.querySelector("svg.qr");
        const [left, top, size] = svg.getAttribute("viewBox").split(" ").map(Number);
        const canvas = new OffscreenCanvas(size * 4, size * 4);
        const context = canvas.getContext("2d");
        context.fillStyle = "#fff";
        context.fillRect(0, 0, size * 4, size * 4);
        context.setTransform(4, 0, 0, 4, -4 * left, -4 * top);
        context.fillStyle = "#000";
        context.fill(new Path2D(svg.querySelector("path").getAttribute("d")));
        return jsQR(context.getImageData(0, 0, size * 4, size * 4).data, size * 4, size * 4)?.data;
    }"""
    assert lab.tab.evaluate(read) == address(dialog)
    part = opened(dialog, "question")
    part.locator("textarea").nth(0).fill("".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=2000)))
    wait_until(lab.tab, "document.querySelector('[data-part-of-share=qr]')?.textContent.includes('too long')")
    assert lab.tab.locator("svg.qr").count() == 0


def test_the_dialog_is_accessible_in_both_languages_light_and_dark_and_on_a_phone(lab, dialog):
    lab.tab.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";undefined")
    for name in ("question", "choose", "qr", "embed"):
        opened(dialog, name)
    wait_until(lab.tab, "document.querySelector('svg.qr path')")
    for language, title in (("en", "Share this page"), ("zh-CN", "分享本页")):
        for theme in ("light", "dark"):
            for width, height in ((1440, 900), (390, 844)):
                lab.tab.set_viewport_size({"width": width, "height": height})
                lab.tab.evaluate("hash => { location.hash = hash; }", "updates=3&seed=5&lang=%s&theme=%s" % (language, theme))
                wait_until(lab.tab, "([lang, theme, width]) => document.documentElement.lang === lang && document.documentElement.dataset.theme === theme && innerWidth === width",
                           arg=[language, theme, width])
                wait_until(lab.tab, "title => document.querySelector('dialog').textContent.includes(title)", arg=title)
                assert violations(lab.tab) == [], (language, theme, width)
                assert lab.tab.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")


def test_the_html_for_a_frame_gives_the_compact_page(visit, lab, dialog, school):  # noqa: F811
    part = opened(dialog, "embed")
    code = part.locator("textarea").input_value()
    tab = visit()
    tab.watch.expect("request to another host")
    tab.goto(school(code))
    frame = live_frame(tab)
    assert frame.evaluate("document.documentElement.hasAttribute('data-frame')")
    assert frame.evaluate("lab.experiment.seed") == 5
    assert not frame.locator("h1").is_visible() and frame.locator(".whole-page").is_visible()
    assert "frame=" not in frame.locator(".whole-page").get_attribute("href")


LOCKED = '<iframe sandbox="%s" width=1200 height=800 src="%s#updates=2"></iframe>'


def test_a_frame_without_an_origin_is_led_to_the_one_file_and_lives(visit, school, site):  # noqa: F811
    """There no script module may be read from the page's own host, unless that allows every origin, and no worker started."""
    tab = visit()
    for expected in ("request to another host", "CORS", "ERR_FAILED"):
        tab.watch.expect(expected)
    tab.goto(school(LOCKED % ("allow-scripts", site)))
    frame = live_frame(tab)
    assert frame.url.endswith("/lstm-lab.html#updates=2") and frame.evaluate("[self.origin, lab.experiment.updates]") == ["null", 2]


def test_where_the_one_file_is_missing_the_frame_says_one_sentence(visit, school, tmp_path):  # noqa: F811
    copy = shutil.copytree(DIST, tmp_path / "dist", ignore=shutil.ignore_patterns("lstm-lab.*", "pyodide-*", "docs"))
    tab = visit()
    for expected in ("request to another host", "CORS", "ERR_FAILED", "404", "lstm-lab.js"):
        tab.watch.expect(expected)
    with serve.serving(copy) as address:
        tab.goto(school(LOCKED % ("allow-scripts", address)))
        sentence = tab.frames[1].locator(".not-started")
        sentence.wait_for()
        assert "allow-same-origin" in sentence.text_content() and "lstm-lab.html" in sentence.text_content()
        tab.context.close()


def test_files_are_saved_from_a_frame_that_allows_it(visit, school, site):  # noqa: F811
    tab = visit()
    tab.watch.expect("request to another host")
    tab.goto(school(LOCKED % ("allow-scripts allow-same-origin allow-downloads", site)))
    frame = live_frame(tab)
    assert_right(take_all(tab, frame), trace_of(frame), frame.evaluate("lab.experiment"))


@pytest.mark.parametrize("around", ["another host", "the same host"])
def test_where_a_frame_may_save_nothing_the_text_is_there_to_be_copied(visit, school, site, around, tmp_path):  # noqa: F811
    tab = visit()
    for expected in ("request to another host", "Download is disallowed"):
        tab.watch.expect(expected)
    html = LOCKED % ("allow-scripts allow-same-origin", site)
    if around == "the same host":
        tab.route(site + "around.html", lambda route: route.fulfill(body="<link rel=icon href='data:,'>" + html, content_type="text/html"))
    saved = []
    tab.on("download", lambda download: saved.append(download))
    tab.goto(site + "around.html" if around == "the same host" else school(html))
    frame = live_frame(tab)
    frame.evaluate(SHARE)
    until(frame, READY)
    said = frame.locator(".take > [role=status]")
    frame.locator("[data-take=csv]").click()
    until(frame, "document.querySelector('.take .copy-box textarea') !== null")
    # A page may ask the frame around it only where that is of its own host; elsewhere it cannot know.
    assert ("cannot be saved" if around == "the same host" else "If it is not among your downloads") in said.text_content()
    assert "allow-downloads" in said.text_content()
    rows = list(csv.DictReader(frame.locator(".take .copy-box textarea").input_value().splitlines()))
    assert [float(row["c_1"]) for row in rows] == trace_of(frame)["c"][:, 0].tolist()
    frame.locator("[data-take=npz]").click()
    until(frame, "document.querySelector('.take > [role=status]').textContent.includes('.npz')")
    assert frame.locator(".take .copy-box").count() == 0 and frame.locator(".take a[target=_blank]").get_attribute("href") == site + "#updates=2"
    assert saved == []


def test_messengers_find_a_title_a_sentence_and_a_picture():
    text = (DIST / "index.html").read_text(encoding="utf-8")
    found = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]+)">', text))
    assert found["title"] and len(found["description"]) < 200
    picture = (DIST / found["image"]).read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(picture[16 + 4 * k:20 + 4 * k], "big") for k in (0, 1)] == [1200, 630]
    assert "og:image" not in (DIST / one_file.NAME).read_text(encoding="utf-8")[:5000]


PAYLOADS = ["<img src=x onerror=window.injected=1>", "javascript:window.injected=1", "</script><script>window.injected=1</script>", "'\"><svg onload=window.injected=1>",
            "__proto__", "constructor", "toString", "../../etc", "\x00", "\ud83d", "1e999", "NaN", "-0", "{}", "}body{display:none", "9" * 400, "%E0%A4%A", "{name}"]


def hostile(draw):
    """A link that nobody means well with: fields and view, mutated, cut, swollen, packed."""
    names = [*link.FIELDS, *link.VIEW, "~text", "~values", "~answer", "~question", "~hide", "~__proto__", *PAYLOADS[:8]]
    value = lambda: draw.choice([  # noqa: E731
        draw.choice(PAYLOADS), str(draw.uniform(-1e3, 1e3)), str(draw.randint(-5, 400)), pack(draw.choice(PAYLOADS).encode("utf-8", "replace").decode() * draw.choice([1, 99])),
        pack("0" * draw.choice([10, 2_000_000])), "".join(draw.choices("%&=#;:,|~ab0é猫\u202e", k=draw.randint(0, 40))), ";".join(map(str, draw.choices(range(9), k=5))),
        "clamp_f:0.5;no_carry", "bias[0]:1", "1:learning_rate:5", "own", "own_text", "break", "train", "rooms,experiment,details", "seed=2|" + draw.choice(PAYLOADS)])
    pairs = [(quote(name, errors="replace") if draw.random() < 0.5 else name) + draw.choice(["=", "=", "=", "", "=="]) + (
        quote(text, errors="replace") if draw.random() < 0.6 else text) for name, text in ((draw.choice(names), value()) for _ in range(draw.randint(1, 5)))]
    text = "&".join(pairs)
    if draw.random() < 0.2:
        text = text[:draw.randint(0, len(text))]
    return text.replace("\ud83d", "%ED%A0%BD").replace("\x00", "%00")


def test_hostile_links_neither_break_nor_hang_nor_inject(lab):
    draw = random.Random(int(os.environ.get("PY_LSTM_FUZZ_SEED", "1")))
    told = opened_well = 0
    for k in range(FUZZED):
        text = hostile(draw)
        # A long training is no fault; the next link ends it.
        answer = lab.tab.evaluate("""async (hash) => {
            const before = location.hash;
            const told = () => [...document.querySelectorAll(".refusal, .refused-note")].map((place) => place.textContent).filter(Boolean);
            const there = new Promise((done) => addEventListener("hashchange", () => setTimeout(done), { once: true }));
            location.hash = "#" + hash;
            if (location.hash !== before) await there;
            const until = performance.now() + 1000;
            while (performance.now() < until && !told().length && JSON.stringify(lab.wanted) !== JSON.stringify(lab.experiment)) await new Promise((done) => setTimeout(done, 10));
            return { injected: window.injected, engine: document.documentElement.dataset.engine, polluted: ({}).x ?? Object.keys(Object.prototype).length,
                told: told(),
                broken: !document.querySelector(".top") || !document.querySelector("main"), styles: getComputedStyle(document.body).display };
        }""", text)
        assert answer["injected"] is None and answer["polluted"] == 0 and not answer["broken"] and answer["styles"] == "block", text
        assert answer["engine"] in ("live", "loading"), text
        told += bool(answer["told"])
        opened_well += not answer["told"]
        assert all(len(sentence) < 600 for sentence in answer["told"]), (text, answer["told"])
    assert told > FUZZED / 10 and opened_well > FUZZED / 20
    lab.tab.evaluate("location.hash = ''")
    wait_until(lab.tab, "document.documentElement.dataset.engine === 'live' && !document.querySelector('.handed, .handed-note')")
    lab.set(**DEFAULTS)
    assert lab.experiment == DEFAULTS
    assert Experiment.from_json(lab.experiment) == Experiment()
    assert isinstance(lab, Lab)
