"""dist/docs/: every exported name has its entry, no link is dead, nothing is asked of another host, every session is true."""

import doctest
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag

import numpy as np
import pytest

import py_lstm
from web.build.paths import DIST, WEB

DOCS = DIST / "docs"
PAGES = sorted(path.name for path in DOCS.glob("*.html"))


class Reader(HTMLParser):
    """What a page links to, loads, and can be linked to at; and the scripts and styles that stand in it."""

    def __init__(self):
        super().__init__()
        self.links, self.loaded, self.anchors, self.inline, self.doubled = [], [], set(), [], []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if "id" in given:
            (self.doubled if given["id"] in self.anchors else []).append(given["id"])
            self.anchors.add(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.loaded += [given[name] for name in ("src", "srcset", "poster", "data") if name in given]
        if tag == "link":
            self.loaded.append(given["href"])
        if tag in ("script", "style", "iframe", "object") or "style" in given or any(name.startswith("on") for name in given):
            self.inline.append((tag, given))


def read(name):
    reader = Reader()
    reader.feed((DOCS / name).read_text(encoding="utf-8"))
    return reader


@pytest.fixture(scope="module")
def pages():
    assert PAGES, "There is no dist/docs to test: run python3 build.py build first."
    return {name: read(name) for name in PAGES}


def test_every_exported_name_has_an_entry_that_both_indexes_lead_to(pages):
    for index in ("index.html", "index.zh-CN.html"):
        leads = {link.partition("#")[2]: link.partition("#")[0] for link in pages[index].links if "#" in link}
        assert set(py_lstm.__all__) <= set(leads)
        for name in py_lstm.__all__:
            assert name in pages[leads[name]].anchors


def test_every_entry_shows_its_examples_and_its_source(pages):
    for name in py_lstm.__all__:
        page = next(link.partition("#")[0] for link in pages["index.html"].links if link.endswith("#" + name))
        text = (DOCS / page).read_text(encoding="utf-8")
        entry = text[text.index(f'<section id="{name}"'):]
        entry = entry[:entry.index("</details>")]
        assert '<span class="gp">&gt;&gt;&gt; </span>' in entry and "Source: <code>py_lstm/" in entry, name
        assert "&lt;span" not in entry and "object at 0x" not in entry and "__&lt;" not in entry, name


@pytest.mark.parametrize("name", PAGES)
def test_no_link_is_dead(pages, name):
    assert pages[name].links
    for link in pages[name].links:
        path, anchor = urldefrag(link)
        assert "://" not in link and not path.startswith("/"), f"{link} leaves the folder"
        target = (DOCS / unquote(path)).resolve() if path else DOCS / name
        assert target.is_file() and DIST.resolve() in target.resolve().parents, f"{name} links to {link}, which is not there"
        if anchor and target.parent == DOCS:            # behind the page's own address stands what it is to show
            assert unquote(anchor) in pages[target.name].anchors, f"{name} links to {link}, which has no such place"


@pytest.mark.parametrize("name", PAGES)
def test_every_way_on_leads_to_a_page_in_the_same_language(pages, name):
    chinese = name.endswith(".zh-CN.html")
    assert ('<html lang="zh-CN">' in (DOCS / name).read_text(encoding="utf-8")) == chinese
    local = [urldefrag(link)[0] for link in pages[name].links]
    others = [path for path in local if path and not path.startswith("..") and path.endswith(".zh-CN.html") != chinese]
    twin = name.replace(".zh-CN.html", ".html") if chinese else name.replace(".html", ".zh-CN.html")
    assert others == [twin] and len(local) > 5


def test_a_summary_is_a_whole_sentence():
    from web.build.reference import first_sentence
    assert first_sentence("Adagrad (Duchi et al. 2011). More.\n\nAnd more.") == "Adagrad (Duchi et al. 2011)."
    assert first_sentence("Clip, as Pascanu et al. do: so.") == "Clip, as Pascanu et al. do"
    assert first_sentence("The variants of Greff et al. 2017 and more; yes") == "The variants of Greff et al. 2017 and more"
    text = (DOCS / "index.html").read_text(encoding="utf-8")
    summaries = re.findall(r'<dd lang="en">(.*?)</dd>', text, re.S)
    assert len(summaries) >= len(py_lstm.__all__)
    assert not [summary for summary in summaries if re.search(r"et al\.$", summary) or summary.count("(") != summary.count(")")]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_its_own_style_sheet_and_nothing_else(pages, name):
    page = pages[name]
    own = [address for address in page.loaded if not address.startswith("data:")]
    assert len(own) == 1 and (DOCS / own[0]).is_file() and own[0].endswith(".css")
    assert page.inline == [] and page.doubled == []
    assert "url(" not in (DOCS / own[0]).read_text() and "@import" not in (DOCS / own[0]).read_text()
    assert "default-src 'none'" in (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_what_the_page_for_newcomers_claims_is_so(language, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    known = {"np": np, **{name: getattr(py_lstm, name) for name in py_lstm.__all__}}
    told = doctest.testfile(str(WEB / "docs" / f"coming-from.{language}.md"), module_relative=False, encoding="utf-8", globs=known)
    assert told.failed == 0 and told.attempted >= 30


def test_both_languages_of_that_page_have_the_same_tables_and_sessions():
    def shape(language):
        text = (WEB / "docs" / f"coming-from.{language}.md").read_text(encoding="utf-8")
        rows = [len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines() if line.startswith("|")]
        code = [line.partition("  #")[0].rstrip() for line in text.splitlines() if re.match(r" +(>>>|\.\.\.)", line)]
        names = re.findall(r"`([^`]+)`", text)
        return rows, code, sorted(set(names)), len(re.findall(r"^#+ ", text, re.M))
    assert shape("en") == shape("zh-CN")


def test_names_of_options_in_the_tables_are_real():
    import inspect
    text = (WEB / "docs" / "coming-from.en.md").read_text(encoding="utf-8")
    options = set(inspect.signature(py_lstm.LSTM).parameters)
    for row in [line.split("|") for line in text.splitlines() if line.startswith("|")]:
        for option in re.findall(r"`(\w+)=[^`]*`", row[2] if len(row) > 6 else ""):
            assert option in options | {"lengths"}, option


def test_the_command_line_at_work_ends_as_it_says(pages):
    text = (DOCS / "commands.html").read_text(encoding="utf-8")
    assert text.count("<b>$ py_lstm") >= 8 and text.count("exit status 2") == 1 and "Traceback" not in text
    from py_lstm.command_line import COMMANDS
    for command in COMMANDS:
        assert command.__name__.rpartition(".")[2] in pages["commands.html"].anchors
