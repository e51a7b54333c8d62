"""What the page says of itself: its version, how Python started, whether every file is the one that was built."""
import hashlib
import shutil

import pytest
from conftest import Watch
from lab import inline, lab, live_tabs, shared_tab, wait_until  # noqa: F401

from web.build import checksums, one_file, serve
from web.build.paths import DIST


def open_about(tab):
    tab.locator(".foot button").click()
    tab.locator(".about").wait_for()


def test_the_last_line_tells_the_version_and_the_dialog_the_rest(lab):
    version = inline(lab.tab, "runtime")["version"]
    assert lab.tab.evaluate("lab.version") == version
    assert version["number"] in lab.tab.locator(".foot").text_content()
    open_about(lab.tab)
    assert version["build"] in lab.tab.locator(".about").text_content()
    assert "snapshot" in lab.tab.locator("[data-about=recipe]").text_content()
    lab.tab.get_by_role("button", name="Check every file").click()
    lab.tab.get_by_text("files are those that were built.").wait_for()
    assert lab.tab.evaluate("document.activeElement.textContent") == "Check every file"
    assert lab.tab.locator(".about .digest code").text_content() == checksums.verify(DIST)
    assert (DIST / lab.tab.locator(".about a").get_attribute("href")).is_file()
    lab.tab.keyboard.press("Escape")
    wait_until(lab.tab, "document.querySelector('dialog') === null")


def test_what_goes_in_a_dialog_leaves_the_focus_in_it(lab):
    open_about(lab.tab)
    lab.tab.locator(".about button").first.focus()
    lab.tab.evaluate("document.activeElement.remove()")
    wait_until(lab.tab, "document.activeElement.matches('dialog header button')")
    lab.tab.keyboard.press("Escape")
    wait_until(lab.tab, "document.querySelector('dialog') === null")


def test_the_check_reads_every_file_of_the_runtime(lab):
    said = lab.tab.evaluate("lab.verify()")
    names = [path for path in [*DIST.glob("assets/*"), *DIST.glob("pyodide-*/*"), DIST / "index.html"]]
    assert said == {"checked": len(names), "wrong": [], "list": hashlib.sha256((DIST / checksums.NAME).read_bytes()).hexdigest()}


def test_a_changed_a_missing_and_an_unlisted_file_are_told(visit, tmp_path):
    copy = shutil.copytree(DIST, tmp_path / "dist", ignore=shutil.ignore_patterns("docs", "lstm-lab.*"))
    stdlib = next(copy.glob("pyodide-*/python_stdlib.zip"))
    stdlib.write_bytes(stdlib.read_bytes()[:-1] + b"?")
    gone = next(copy.glob("pyodide-*/py_lstm-*.whl"))
    gone.unlink()
    with serve.serving(copy) as address:
        tab = visit(address)
        tab.watch.expect("404")
        tab.goto(address)
        wait_until(tab, "window.lab !== undefined")
        wrong = sorted(path.relative_to(copy).as_posix() for path in (stdlib, gone))
        assert sorted(tab.evaluate("lab.verify()")["wrong"]) == wrong
        open_about(tab)
        tab.get_by_role("button", name="Check every file").click()
        tab.get_by_text("2 of the files are not those that were built").wait_for()
        (copy / checksums.NAME).unlink()
        assert "SHA256SUMS" in tab.evaluate("lab.verify().catch((error) => error.message)")
        tab.context.close()


def test_where_the_browser_has_no_checksums_one_sentence_says_what_to_do(visit, site):
    tab = visit()
    tab.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    tab.goto(site)
    wait_until(tab, "window.lab !== undefined")
    open_about(tab)
    tab.get_by_role("button", name="Check every file").click()
    tab.get_by_text("sha256sum -c SHA256SUMS").wait_for()
    tab.context.close()


def test_the_one_file_checks_itself(browser, tmp_path):
    whole = (DIST / one_file.NAME).read_text(encoding="utf-8")
    start = whole.index('data-file="python_stdlib.zip">') + 200_000
    letter = "A" if whole[start] != "A" else "B"
    damaged = tmp_path / "damaged.html"
    damaged.write_text(whole[:start] + letter + whole[start + 1:], encoding="utf-8")
    for path, wrong in ((DIST / one_file.NAME, []), (damaged, ["python_stdlib.zip"])):
        context = browser.new_context()
        tab = context.new_page()
        watch = Watch(context, path.as_uri())
        tab.goto(path.as_uri(), wait_until="commit")
        wait_until(tab, "window.lab !== undefined && document.readyState !== 'loading'")
        assert tab.evaluate("lab.verify()") == {"checked": 7, "wrong": wrong, "list": None}
        context.close()
        if not wrong:
            watch.check()


@pytest.mark.parametrize("language, said", [("en", "does not open by a double click"), ("zh-CN", "不能直接双击打开")])
def test_index_opened_from_the_disk_says_what_to_open(browser, language, said):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto((DIST / "index.html").as_uri())
    sentence = tab.locator("#from-disk p[lang=%s]" % language)
    sentence.wait_for(state="visible")
    assert said in sentence.text_content() and "lstm-lab.html" in sentence.text_content() and "start-windows" in sentence.text_content()
    assert tab.locator(".not-started").count() == 0                     # which speaks of frames
    context.close()


def test_that_sentence_is_gone_where_the_page_runs(lab):
    assert lab.tab.locator("#from-disk").count() == 0
