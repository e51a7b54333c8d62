"""What must hold of the page at rest, whatever was done to it: the checks of random_driver.py.

Each check yields what is wrong as (kind, details). Two failures of one kind are one fault until somebody knows better.
"""
import json
import math
import multiprocessing
import sys

from endurance import heap

from web.build.paths import ROOT

sys.path.insert(0, str(ROOT / "tests" / "browser"))
from lab import DEFAULTS, SAME, Lab, difference  # noqa: E402

from py_lstm import Experiment, link, run  # noqa: E402
from py_lstm.experiment import defaults  # noqa: E402

ANSWER_WITHIN = 20_000                                  # ms, for a question that asks nothing new of a page at rest
WAIT_AT_MOST = 30_000                                   # ms, for a sign that says "wait"
ADDRESS_WITHIN = 5_000                                  # ms; the address follows after 400, unless Python works
IN_CPYTHON = 8                                          # seconds; what takes CPython longer is not compared
FEW_UPDATES = 50                                        # up to here training has not amplified the last bits of exp() and tanh()
# Pyodide's exp() and tanh() round otherwise in each of the thousands of numbers of an update, a learning rate one bit larger in one.
MORE_ROUNDINGS = 1000
HEAP = 32_000_000                                       # bytes after garbage collection: about 6 MB at the start, 8.3 MB at most seen
CONTROLS = {"button", "link", "textbox", "searchbox", "spinbutton", "slider", "combobox", "listbox", "checkbox", "radio", "switch", "tab",
            "menuitem", "DisclosureTriangle"}

# What a part of the page says while it waits.
WAITS = [json.loads((ROOT / "web" / "locales" / name).read_text(encoding="utf-8"))[key]
         for name in ("en.json", "zh-CN.json") for key in ("asking.now", "asking.later", "part.coming")]
WAITING = """(waits) => [...document.querySelectorAll('[aria-busy=true], .waiting, [role=status], .note')]
    .filter((sign) => sign.checkVisibility() && (sign.ariaBusy === 'true' || waits.some((text) => sign.textContent.trim() === text)))
    .map((sign) => `${sign.className} in ${sign.closest('section')?.ariaLabel}: ${sign.textContent}`.slice(0, 120))"""
REFUSALS = """() => [...document.querySelectorAll('.refusal, .refused-note.shown, .event.diverged')]
    .filter((said) => said.textContent.trim() && said.checkVisibility()).map((said) => said.textContent.slice(0, 300))"""
ANSWERS = """async (within) => {
    const late = new Promise((over) => setTimeout(() => over('no answer'), within));
    const said = await Promise.race([late, lab.set({}).then(() => 'answer', (error) => 'refusal: ' + error.message)]);
    return [said, document.documentElement.dataset.engine, document.querySelector('.engine')?.textContent ?? '']; }"""
TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return null;
    const clipped = (at) => { for (let up = at.parentElement; up && up !== document.body; up = up.parentElement)
        if (getComputedStyle(up).overflowX !== 'visible') return true; return false; };
    const wide = [...document.body.querySelectorAll('*')].filter((at) => at.getBoundingClientRect().right > width + 0.5 && !clipped(at));
    return [width, document.documentElement.scrollWidth, wide.slice(-3).map((at) => at.outerHTML.slice(0, 120))]; }"""
SELECTED = """() => { const at = document.querySelector('.inspector:not([aria-busy=true]) data[data-place]');
    return at && at.checkVisibility() ? [at.dataset.place, at.value, document.querySelector('.changes')?.textContent ?? ''] : null; }"""


def _traced(experiment):
    """The arrays of py_lstm's own trace; in a process of its own, which can be stopped."""
    return run(Experiment.from_json(experiment)).arrays


class CPython:
    """py_lstm in another process, so that what takes too long can be given up."""

    def __init__(self, seconds=IN_CPYTHON):
        self.seconds, self.pool = seconds, None

    def traced(self, experiment):
        """The arrays of an experiment, or None if that takes too long."""
        if self.pool is None:
            self.pool = multiprocessing.get_context("spawn").Pool(1)
            self.pool.apply(abs, (0,))
            self.pool.apply(_traced, ({**DEFAULTS, "updates": 0},))    # what is loaded first is not counted
        try:
            return self.pool.apply_async(_traced, (experiment,)).get(self.seconds)
        except multiprocessing.TimeoutError:
            self.close()
            return None

    def close(self):
        if self.pool is not None:
            self.pool.terminate()
            self.pool.join()
            self.pool = None


class Checks:
    """The checks, and how much they looked at: `counts`, by name."""

    def __init__(self):
        self.cpython = CPython()
        self.counts = dict.fromkeys(("compared with CPython", "of them chaotic", "skipped", "addresses read back", "refusals seen",
                                     "controls with names", "largest heap, MB"), 0)

    def all(self, tab):
        """What is wrong with a page that has settled."""
        refusals = tab.evaluate(REFUSALS)
        self.counts["refusals seen"] += bool(refusals)
        yield from self.layout(tab)
        yield from self.names(tab)
        yield from self.waiting(tab)
        yield from self.address(tab, refusals)
        answered = list(self.answers(tab))
        yield from answered
        if not answered:
            yield from self.numbers(tab)
        yield from self.memory(tab)

    def layout(self, tab):
        found = tab.evaluate(TOO_WIDE)
        if found:
            yield "sideways overflow", "window %d, page %d: %s" % tuple(found)

    def names(self, tab):
        session = tab.context.new_cdp_session(tab)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        for node in nodes:
            if node.get("ignored") or node.get("role", {}).get("value") not in CONTROLS:
                continue
            self.counts["controls with names"] += 1
            if not node.get("name", {}).get("value", "").strip():
                html = session.send("DOM.getOuterHTML", {"backendNodeId": node["backendDOMNodeId"]})["outerHTML"]
                yield "a control without a name", html[:160]
        session.detach()

    def waiting(self, tab):
        waited, signs = 0, tab.evaluate(WAITING, WAITS)
        while signs and waited < WAIT_AT_MOST:
            tab.wait_for_timeout(500)
            waited += 500
            signs = [sign for sign in tab.evaluate(WAITING, WAITS) if sign in signs]
        for sign in signs:
            yield "a sign waits for ever", sign

    def answers(self, tab):
        said, engine, sign = tab.evaluate(ANSWERS, ANSWER_WITHIN)
        if said == "no answer" or engine != "live":
            yield "the header is not true", "lab.set({}): %s; engine: %s; the sign: %s" % (said, engine, sign)

    def address(self, tab, refusals):
        """The address says what is on the screen, or somebody was told why not."""
        if refusals:
            return
        waited = 0
        while True:
            text, shown = tab.evaluate("[location.hash, lab.experiment]")
            fields = link.decode(text).experiment
            try:
                said = Experiment.from_json(fields).to_json()
            except Exception as error:  # whatever the address holds
                said, wrong = {}, str(error)
            if said == shown:
                self.counts["addresses read back"] += 1
                return
            if waited >= ADDRESS_WITHIN:
                break
            tab.wait_for_timeout(500)
            waited += 500
        usual = defaults(shown["task"])
        shown = {name: value for name, value in shown.items() if value != usual[name] or name == "task"}
        if not said:
            yield ("the address holds what is refused, and nothing says so",
                   "%s: %s; on the screen: %s" % (text[:200], wrong[:200], str(shown)[:300]))
            return
        said = {name: value for name, value in said.items() if value != usual[name] or name == "task"}
        parted = {name: (said.get(name), shown.get(name)) for name in {*said, *shown} if said.get(name) != shown.get(name)}
        yield ("the address is not what is shown: %s" % ", ".join(sorted(parted)),
               "%s; in the address and shown: %s" % (text[:200], str(parted)[:300]))

    def numbers(self, tab):
        experiment, ours = Lab(tab).experiment, Lab(tab).trace()
        place = tab.evaluate(SELECTED)
        if place and experiment == Lab(tab).experiment:
            yield from self.selected(ours, *place)
        try:
            theirs = self.cpython.traced(experiment)
        except Exception as error:
            yield "CPython refuses what is shown", "%s: %s" % (error, experiment)
            return
        if theirs is None:
            self.counts["skipped"] += 1
            return
        self.counts["compared with CPython"] += 1
        if set(ours) != set(theirs):
            yield "other arrays than CPython's", "%s: %s" % (sorted(set(ours) ^ set(theirs)), experiment)
            return
        if any(ours[name].shape != theirs[name].shape for name in ours):
            yield "other shapes than CPython's", str(experiment)
            return
        found = difference(ours, theirs)
        if found <= SAME:
            return
        bound = SAME
        own = None
        if experiment["updates"] > FEW_UPDATES:
            rate = math.nextafter(experiment["learning_rate"], math.inf)
            moved = self.cpython.traced({**experiment, "learning_rate": rate})
            if moved is None:
                self.counts["skipped"] += 1
                return
            own = difference(moved, theirs)
            bound = max(SAME, MORE_ROUNDINGS * own)
            self.counts["of them chaotic"] += own > 1e-6
        if not found <= bound:
            usual = defaults(experiment["task"])
            fields = {name: value for name, value in experiment.items() if value != usual.get(name)}
            yield ("other numbers than CPython's",
                   "%.1e (bound %.1e; CPython from itself by one bit: %s): %s" % (found, bound, own, str(fields)[:400]))

    def selected(self, ours, place, value, changed):
        """The number that the inspector tells of is that of the trace."""
        quantity, t, unit = place.split(",")
        if changed or quantity not in ours or ours[quantity].ndim != 2:
            return
        is_, shown = ours[quantity][int(t) - 1, int(unit) - 1], float(value)
        if not abs(is_ - shown) <= 1e-12 * max(1.0, abs(is_)):
            yield "the inspector tells another number", "%s: %r, in the trace %r" % (place, shown, is_)

    def memory(self, tab):
        session = tab.context.new_cdp_session(tab)
        used = heap(session)
        session.detach()
        self.counts["largest heap, MB"] = max(self.counts["largest heap, MB"], round(used / 1e6, 1))
        if used > HEAP:
            yield "the heap grows", "%.1f MB" % (used / 1e6)
