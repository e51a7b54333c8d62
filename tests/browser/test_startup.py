"""Two ways to start Python: from a snapshot of its memory, and the plain one that follows whenever that does not work."""
import json
import re

import pytest
import zstandard
from lab import Lab, difference, inline, wait_until

from web.build.paths import DIST

SNAPSHOT = "**/pyodide-*/snapshot.zst"


def live(tab, address):
    tab.goto(address)
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    tab.evaluate("lab.ready")
    return Lab(tab)


def recipe(tab):
    return tab.evaluate("document.documentElement.dataset.recipe")


def asked(tab):
    return {url.rsplit("/", 1)[-1] for url in tab.watch.requests}


def test_the_page_starts_from_the_snapshot_and_needs_neither_numpys_files_nor_the_standard_librarys(visit, site):
    tab = visit()
    tab.watch.expect("ERR_FAILED")
    for name in ("python_stdlib.zip", "*.whl", "pyodide-lock.json"):
        tab.context.route("**/pyodide-*/" + name, lambda route: route.abort())
    live(tab, site)
    assert recipe(tab) == "restored"
    assert {file["name"] for file in inline(tab, "runtime")["files"] if "restored" in file["recipes"]} <= asked(tab)


@pytest.mark.parametrize("link, press, told", [
    ("room=train&task=text_en&updates=3", None, "document.querySelectorAll('[data-text=written] .ch').length > 100 && document.querySelector('.follower')"),
    ("room=break&damage=no_carry&damage_from=0", ".memory button", "document.querySelector('.train-on .lesson') && document.querySelector('[data-number=\"score.gru\"]')"),
    ("room=break&puzzle=7&measured=score;weight_hh:4", None, "document.querySelectorAll('.measurements li').length === 2"),
    ("room=backward&quantity=dc&t=17", ".reach button:not(.key)", "document.querySelector('[data-rnn-loss]')"),
])
def test_nor_does_any_room(visit, site, link, press, told):
    """An import that the restored interpreter has not made yet costs half a second, and on a slow line the files as well."""
    tab = visit(reduced_motion="reduce", service_workers="block")
    tab.watch.expect("ERR_FAILED")
    for name in ("python_stdlib.zip", "*.whl"):
        tab.context.route("**/pyodide-*/" + name, lambda route: route.abort())
    live(tab, site + "#" + link)
    if press:
        tab.locator(press).first.click()
    wait_until(tab, told, timeout=30_000)
    assert recipe(tab) == "restored"


def test_both_ways_give_the_same_bits(visit, site):
    experiment = {"hidden_size": 4, "updates": 60, "seed": 3}
    traces, checks = [], []
    for way in ("restored", "plain"):
        tab = visit()
        lab = live(tab, site + "?boot=" + way)
        assert recipe(tab) == way
        for patch in ({}, experiment):
            lab.set(**patch)
            traces.append(lab.trace())
            checks.append(tab.evaluate("lab.gradientCheck()"))
    assert difference(traces[0], traces[2]) == difference(traces[1], traces[3]) == 0
    assert checks[:2] == checks[2:]


def damaged(content):
    return content[:-100_000]


def of_another_build(content):
    raw = zstandard.decompress(content)
    length = int.from_bytes(raw[4:8], "little")
    header = json.loads(raw[8:8 + length])
    header["build"] = "0" * len(header["build"])
    written = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    rest = raw[8 + length:]
    return zstandard.compress((8 + len(written) + len(rest)).to_bytes(4, "little") + len(written).to_bytes(4, "little")
                              + written + rest, 1)


def with_one_bit_turned(content):
    return content[:3_000_000] + bytes([content[3_000_000] ^ 1]) + content[3_000_001:]


@pytest.mark.parametrize("spoil", [damaged, with_one_bit_turned, of_another_build, lambda content: b"<html>not found</html>", None],
                         ids=["cut off", "one bit turned", "of another build", "something else", "not there"])
def test_a_bad_snapshot_is_followed_by_the_plain_way_without_a_word(visit, site, spoil):
    tab = visit()
    content = next(DIST.glob("pyodide-*/snapshot.zst")).read_bytes()
    if spoil:
        tab.context.route(SNAPSHOT, lambda route: route.fulfill(body=spoil(content), content_type="application/zstd"))
    else:
        tab.context.route(SNAPSHOT, lambda route: route.fulfill(status=404))
        tab.watch.expect("404")
    lab = live(tab, site)
    assert recipe(tab) == "plain"
    assert lab.experiment["hidden_size"] == 3
    assert tab.locator(".engine").text_content() == "live"


def test_all_that_the_page_is_made_of_is_asked_for_at_once():
    """No file is found out about only when another one has come, except what is loaded on demand."""
    index = (DIST / "index.html").read_text(encoding="utf-8")
    known, waiting = set(), re.findall(r'<script type="module" src="assets/([^"]+)"', index)
    assert len(waiting) == 1
    while waiting:
        script = (DIST / "assets" / waiting.pop()).read_text(encoding="utf-8")
        found = set(re.findall(r'(?:from|import)\s*"\./([^"]+\.js)"', script)) - known
        known |= found
        waiting += found
    assert known and set(re.findall(r'<link rel="modulepreload" href="assets/([^"]+)"', index)) == known
