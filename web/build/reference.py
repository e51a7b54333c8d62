"""dist/docs/: what the docstrings say, as pages; how names of other libraries compare; the command line at work.

pdoc reads the package (members, signatures, sources) and sets Markdown and code; web/docs/ says what stands on which page.
"""
import hashlib
import html
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from web.build.console import Failure, run, step
from web.build.paths import ROOT, SCRATCH, WEB

SOURCES = WEB / "docs"
LANGUAGES = ("en", "zh-CN")
MADE = SCRATCH / "reference"
# The commands that the page of the command line shows at work, in this order.
SESSIONS = ("run updates=100", "explain c 13 2", "check hidden_size=2 updates=20", "picture --show f,i,c",
            "train updates=300 --every 100 --save latch.npz --weights latch.safetensors", "train --resume latch.npz updates=400 --quiet",
            'gates latch.safetensors "1 1; -1 0; 1 0; -1 1; 1 0" --show f,i,c', "convert latch.safetensors latch.py",
            "run hidden_size=5000", "tasks")


def build():
    """Return the folder of the finished pages; they are made anew only if what they are made from has changed."""
    wanted, stamp = recipe(), MADE / "made-from"
    if not (stamp.exists() and stamp.read_text() == wanted):
        with step("Making the API documentation"):
            shutil.rmtree(MADE, ignore_errors=True)
            (MADE / "docs").mkdir(parents=True)
            make(MADE / "docs")
            stamp.write_text(wanted)
    return MADE / "docs"


def recipe():
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes() + sys.version.encode())
    for folder in (ROOT / "py_lstm", SOURCES, Path(__file__)):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def make(folder):
    import jinja2
    import py_lstm
    pages = json.loads((SOURCES / "pages.json").read_text(encoding="utf-8"))
    entries = read_entries(pages, py_lstm)
    style = (SOURCES / "docs.css").read_bytes()
    stylesheet = "docs-%s.css" % hashlib.sha256(style).hexdigest()[:8].upper()
    (folder / stylesheet).write_bytes(style)
    templates = jinja2.Environment(loader=jinja2.FileSystemLoader(SOURCES), autoescape=True, trim_blocks=True, lstrip_blocks=True,
                                   undefined=jinja2.StrictUndefined)
    words = json.loads((SOURCES / "words.json").read_text(encoding="utf-8"))

    told, asked = sessions(), commands()
    # The docstrings are English in every language, but what stands around them is the reader's own, and so are the ways on.
    for language in LANGUAGES:
        suffix = "" if language == "en" else "." + language

        def write(stem, template, **values):
            name = stem + suffix + ".html"
            text = templates.get_template(template).render(
                name=name, stem=stem, language=language, say=words[language], pages=pages, stylesheet=stylesheet,
                version=py_lstm.__version__, suffix=suffix, **values)
            (folder / name).write_text(text, encoding="utf-8")

        where = {name: "%s%s.html#%s" % (page["page"], suffix, entry["id"])
                 for page in pages for name, entry in entries[page["page"]].items()}
        where |= {name.rpartition(".")[2]: address for name, address in where.items() if not name.startswith("cell.")}
        abouts = {page["page"]: linked(inline(page["about"][language]), where) for page in pages}
        for page in pages:
            write(page["page"], "entries.html.jinja2", page=page, about=abouts[page["page"]],
                  module=linked(prose(module_text(page)), where) if "module" in page else "",
                  entries=[with_links(entry, where) for entry in entries[page["page"]].values()])
        write("index", "index.html.jinja2", entries=entries, abouts=abouts)
        text = (SOURCES / ("coming-from.%s.md" % language)).read_text(encoding="utf-8")
        write("coming-from", "prose.html.jinja2", text=linked(prose(text), where))
        write("commands", "commands.html.jinja2", sessions=told, commands=asked)


# What the docstrings say ----------------------------------------------------------------------------------------------

def read_entries(pages, package):
    """{page: {name: entry}}; a name that is exported and stands on no page is a fault."""
    import pdoc.doc
    listed = [name for page in pages for name in page["names"]]
    missing = sorted(set(package.__all__) - set(listed))
    if missing:
        raise Failure("web/docs/pages.json gives no page to %s, which py_lstm exports: add the name to one." % ", ".join(missing))
    entries = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")                 # pdoc cannot resolve every annotation, and then shows it as written
        for page in pages:
            entries[page["page"]] = {name: entry(pdoc, package, name) for name in page["names"]}
    return entries


def entry(pdoc, package, name):
    module, thing = found(package, name)
    doc = pdoc.doc.Class(thing.__module__, thing.__qualname__, thing, (thing.__module__, thing.__qualname__)) if inspect.isclass(thing) \
        else function(pdoc, module, thing, thing.__qualname__)
    text = inspect.getdoc(thing)
    made = {"id": name.rpartition(".")[2] if not name.startswith("cell.") else name, "name": name if name.startswith("cell.") else
            name.rpartition(".")[2], "kind": "class" if inspect.isclass(thing) else "function", "text": prose(text),
            "summary": inline(first_sentence(text)),
            "signature": signature(pdoc, doc), "source": source(pdoc, doc), "file": inspect.getsourcefile(unwrapped(thing)),
            "members": [], "inherited": []}
    made["file"] = Path(made["file"]).relative_to(ROOT).as_posix()
    if inspect.isclass(thing):
        made["members"] = list(members(pdoc, thing))
        made["inherited"] = [{"of": base.__name__, "names": [member for member, _ in public(base)]} for base in thing.__mro__[1:]
                             if base.__module__.startswith("py_lstm") and not base.__name__.startswith("_") and any(public(base))]
    return made


def first_sentence(text):
    """The first sentence of a docstring; "et al." and the like end none, and neither does a stop within brackets."""
    words = " ".join(text.split("\n\n")[0].split())
    for end in re.finditer(r"(?<=[.:;])\s", words):
        begin = words[:end.start()]
        if begin.count("(") == begin.count(")") and not re.search(r"\b(al|e\.g|i\.e|cf|vs|no|eq)\.$", begin):
            return begin.rstrip(":;")
    return words.rstrip(":;")


def found(package, name):
    """(module, thing) of a name such as "LSTM", "cell.forward" or "layers.recurrent.Recurrent"."""
    import importlib
    if "." not in name:
        thing = getattr(package, name)
        return importlib.import_module(unwrapped(thing).__module__), thing
    module = importlib.import_module("%s.%s" % (package.__name__, name.rpartition(".")[0]))
    return module, getattr(module, name.rpartition(".")[2])


def unwrapped(thing):
    return inspect.unwrap(thing) if not inspect.isclass(thing) else thing


def function(pdoc, module, thing, qualname):
    return pdoc.doc.Function(module.__name__ if not isinstance(module, str) else module, qualname, unwrapped(thing), ("", ""))


def public(cls):
    """(name, member) of the methods and properties that a class itself defines and describes."""
    for name, member in vars(cls).items():
        described = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if (not name.startswith("_") or name == "__call__") and inspect.isfunction(described) and inspect.getdoc(described):
            yield name, member


def members(pdoc, cls):
    for name, member in public(cls):
        text = inspect.getdoc(member.fget if isinstance(member, property) else getattr(member, "__func__", member))
        sign = "" if isinstance(member, property) else signature(
            pdoc, function(pdoc, cls.__module__, getattr(member, "__func__", member), "%s.%s" % (cls.__name__, name)), without_first=True)
        yield {"name": name, "id": "%s.%s" % (cls.__name__, name), "signature": sign, "text": prose(text)}


def signature(pdoc, doc, without_first=False):
    """As pdoc sets it, with the annotations as they are written; of a class, how it is made."""
    from pdoc.render_helpers import format_signature
    if isinstance(doc, pdoc.doc.Class):
        made = next((vars(cls)[name] for cls in doc.obj.__mro__ for name in ("__new__", "__init__") if name in vars(cls)), None)
        made = getattr(made, "__func__", made)
        if made is None or not inspect.isfunction(made):
            return ""
        doc, without_first = function(pdoc, doc.modulename, made, doc.qualname), True
    sign = doc.signature
    parameters = [parameter.replace(annotation=annotation(parameter.annotation), default=default(parameter.default))
                  for parameter in list(sign.parameters.values())[without_first:]]
    returned = sign.empty if sign.return_annotation in (None, type(None)) else annotation(sign.return_annotation)
    return str(format_signature(sign.replace(parameters=parameters, return_annotation=returned), colon=False))


def annotation(given):
    """An annotation that is shown as somebody would write it: without modules, but np."""
    if given is inspect.Parameter.empty:
        return given
    text = given if isinstance(given, str) else inspect.formatannotation(given)
    text = re.sub(r"ForwardRef\('(.*?)'\)", r"\1", text).strip("'")
    text = re.sub(r"\bnumpy\.", "np.", re.sub(r"\b(?:py_lstm|typing|collections)\.(?:\w+\.)*(?=[A-Za-z])", "", text))
    return type(text, (), {"__module__": "builtins", "__qualname__": text})


def default(given):
    """A default as somebody would write it."""
    text = repr(given)
    if given is inspect.Parameter.empty or given is None or isinstance(given, (bool, int, float, str, tuple)):
        return given
    if isinstance(given, type):
        text = "np." + given.__name__ if given.__module__ == "numpy" else given.__name__
    elif text == "<factory>":
        text = "{}"
    elif text.startswith("<"):
        text = type(given).__name__ + "()"
    return type("Default", (), {"__repr__": lambda self: text})()


def source(pdoc, doc):
    import pygments
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer
    lines, start = inspect.getsourcelines(unwrapped(doc.obj))
    return focusable(pygments.highlight("".join(lines), PythonLexer(), HtmlFormatter(linenos="inline", linenostart=start, cssclass="code")))


def module_text(page):
    return inspect.getdoc(sys.modules[page["module"]])


# From docstrings and Markdown to HTML ---------------------------------------------------------------------------------

FIELDS = ("Parameters", "Attributes", "Returns", "Raises")


def prose(text):
    """HTML of a docstring or of Markdown: sections with their fields, sessions in colour, the rest as pdoc sets it."""
    from pdoc.render_helpers import to_html
    first, *sections = re.split(r"^(\S.*)\n-{3,}\n", text, flags=re.M)
    parts = [to_html(first)]
    for heading, content in zip(sections[::2], sections[1::2]):
        content = content.strip("\n")
        parts.append("<h4>%s</h4>\n" % html.escape(heading, quote=False))
        if heading in FIELDS and is_fields(content):
            # What follows an empty line and is not indented belongs to the whole again.
            content, _, rest = content.partition("\n\n") if re.search(r"\n\n(?=\S)", content) else (content, "", "")
            parts.append(fields(content))
            parts.append(to_html(rest))
        elif heading == "Examples":
            parts.append(session(inspect.cleandoc(content)))
        else:
            parts.append(to_html(content))
    return re.sub(r"<pre><code>(.*?)</code></pre>", lambda found: session(html.unescape(found[1])), "".join(parts), flags=re.S)


def is_fields(content):
    return bool(re.match(r"\S.*? : ", content) or re.match(r"\S+\n +\S", content))


def fields(content):
    """`name : what` with an indented description, as numpydoc has it; here descriptions may also follow the colon."""
    made = []
    for item in re.split(r"\n(?=\S)", content):
        head, *body = item.split("\n")
        name, _, what = head.partition(" : ")
        more = inspect.cleandoc("\n" + "\n".join(body))
        if re.match(r"[a-z`(]", more):                  # the sentence goes on
            what, more = what + " " + more, ""
        made.append("<div><dt><code>%s</code></dt> <dd>%s%s</dd></div>" % (html.escape(name, quote=False), inline(what) if what else "",
                                                                          more and "<div>%s</div>" % inline(more)))
    return '<dl class="fields">%s</dl>\n' % "\n".join(made)


def inline(text):
    from pdoc.render_helpers import to_html
    return re.sub(r"^<p>|</p>$", "", to_html(text.strip()).strip())


def session(text):
    """A Python session, or anything else that keeps its lines."""
    import pygments
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonConsoleLexer
    if not text.lstrip().startswith(">>>"):
        return '<pre tabindex="0">%s</pre>\n' % html.escape(text.rstrip("\n"), quote=False)
    text = re.sub(r"(?<=\S) {2,}(?=# )", "  ", re.sub(r" *# doctest:.*", "", inspect.cleandoc(text)))
    return focusable(pygments.highlight(text, PythonConsoleLexer(python3=True), HtmlFormatter(cssclass="code")))


def focusable(code):
    """What may be wider than a phone can be scrolled with the keyboard."""
    return code.replace("<pre>", '<pre tabindex="0">')


def with_links(entry, where):
    """An entry in whose texts names are links; what a class calls by a bare name is its own first."""
    own = {name: "#%s.%s" % (base["of"], name) for base in reversed(entry["inherited"]) for name in base["names"]}
    own |= {member["name"]: "#" + member["id"] for member in entry["members"]}
    here = where | own
    return entry | {"text": linked(entry["text"], here),
                    "members": [member | {"text": linked(member["text"], here)} for member in entry["members"]]}


def linked(text, where):
    """Every `name` that has an entry becomes a link to it; not within a table, which speaks of other libraries too."""
    modules = {path.stem for path in (ROOT / "py_lstm").rglob("*.py")}

    def link(found):
        name = re.sub(r"\(.*", "", found[1] or "")
        module, _, last = name.rpartition(".")
        name = last if name not in where and module.rpartition(".")[2] in modules else name
        return '<a href="%s"><code>%s</code></a>' % (where[name], found[1]) if name in where else found[0]
    return re.sub(r"<table>.*?</table>|(?<!<dt>)<code>([\w.]+(?:\(.*?\))?)</code>", link, text, flags=re.S)


# The command line -----------------------------------------------------------------------------------------------------

def sessions():
    """What the commands of SESSIONS print, run one after the other in a folder of their own."""
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for line in SESSIONS:
            import shlex
            done = subprocess.run([sys.executable, "-m", "py_lstm", *shlex.split(line)], cwd=folder, text=True, encoding="utf-8",
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=300,
                                  env={**os.environ, "PYTHONIOENCODING": "utf-8"})
            if "Traceback" in done.stdout:
                raise Failure("py_lstm %s fails, which web/build/reference.py shows: mend it. %s" % (line, done.stdout[-300:]))
            told.append({"line": "py_lstm " + line, "text": done.stdout.rstrip(), "status": done.returncode})
    return told


def commands():
    """[{name, text}] of every command, as --help has it."""
    from py_lstm.command_line import parser
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"                       # argparse asks the terminal otherwise
    try:
        whole = parser()
        found = next(action for action in whole._actions if action.dest == "command")
        return [{"name": name, "text": re.sub(r"\x1b\[[0-9;]*m", "", one.format_help()).rstrip()} for name, one in found.choices.items()]
    finally:
        os.environ.pop("COLUMNS") if before is None else os.environ.update(COLUMNS=before)
