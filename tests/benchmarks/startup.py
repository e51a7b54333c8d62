"""How long a visitor waits: the page's own recipe beside the plain one, in turn, each with an empty cache.

    python3 build.py bench startup [rounds]

Prints medians of the time from the navigation to the first numbers of a live Python on the screen, and the median of the
rounds' ratios, which a busy machine changes least; and how long after the HTML the first picture was painted. Writes them to
startup.md beside this file. The line is made slow in the server: its answers, gzipped where hosts do that, share so many bits
per second. "auto" is the page as visitors have it, which chooses between the two recipes.

A browser can slow down a page but not its workers, so the slower processor is this one with three other processes computing
on every core. That is cruder than a factor of 4, and it is the same for both recipes.
"""
import contextlib
import os
import statistics
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from web.build import browsers
from web.build.paths import ROOT

sys.path.insert(0, str(ROOT / "tests" / "browser"))
import lines  # noqa: E402

RECIPES = ("auto", "restored", "plain")
# Name, megabits per second, other processes on every core, engines.
CONDITIONS = [("fast line", None, 0, ("chromium", "firefox")), ("25 Mbit/s", 25, 0, ("chromium", "firefox")),
              ("10 Mbit/s", 10, 0, ("chromium", "firefox")), ("slower processor", None, 3, ("chromium",))]
RESULT = Path(__file__).with_suffix(".md")
LIVE_WITHIN = 240_000

# Notes, in the page's own clock, when the recording was painted and when Python was there.
CLOCK = """
const seen = window.startup = { picture: null, live: null };
const look = () => {
  const root = document.documentElement;
  if (root && seen.picture === null && document.querySelector("#picture canvas")?.width > 300) {
    seen.picture = 0;
    setTimeout(() => { seen.picture = performance.now(); });      // this frame's painting comes first
  }
  if (root?.dataset.engine === "live") seen.live = performance.now();
  else requestAnimationFrame(look);
};
look();
"""


def visit(context, address, recipe):
    """Seconds from the navigation until Python is live, and from the HTML's arrival until the first picture."""
    page = context.new_page()
    page.add_init_script(CLOCK)
    page.goto(address + ("" if recipe == "auto" else "?boot=" + recipe), wait_until="commit")
    waited = 0
    while page.evaluate("window.startup?.live ?? null") is None:
        page.wait_for_timeout(50)
        waited += 50
        if waited > LIVE_WITHIN:
            raise TimeoutError("Python was not live after %d s" % (LIVE_WITHIN / 1000))
    seen = page.evaluate("({ ...startup, html: performance.getEntriesByType('navigation')[0].responseEnd })")
    page.close()
    return seen["live"] / 1000, (seen["picture"] - seen["html"]) / 1000


def measure(browser, options, address, rounds):
    """{visit: {recipe: [(live, picture)]}} of first and second visits, the recipes taking turns at going first."""
    times = {name: {recipe: [] for recipe in RECIPES} for name in ("first visit", "second visit")}
    for number in range(rounds):
        for recipe in RECIPES[::1 if number % 2 else -1]:
            context = browser.new_context(**options)
            for of in times.values():
                of[recipe].append(visit(context, address, recipe))
            context.close()
    return times


@contextlib.contextmanager
def company(processes):
    """So many processes that do nothing but compute."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes * (os.cpu_count() or 1))]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def row(engine, name, which, of):
    def median(recipe):
        return statistics.median(live for live, _ in of[recipe])

    def ratio(recipe):
        return statistics.median(a / b for (a, _), (b, _) in zip(of[recipe], of["plain"], strict=True))
    picture = statistics.median(painted for recipe in RECIPES for _, painted in of[recipe])
    return (engine, name, which, *("%.2f s" % median(recipe) for recipe in RECIPES),
            *("%.2f" % ratio(recipe) for recipe in RECIPES[:2]), "%.0f ms" % (1000 * picture))


HEAD = ("engine", "condition", "visit", *RECIPES, "auto / plain", "restored / plain", "picture after the HTML")


def run(rounds=3):
    rows = [HEAD]
    paths = {engine: browsers.path_of(engine) for engine in ("chromium", "firefox")}
    print("".join("%-18s" % cell for cell in HEAD))
    with sync_playwright() as playwright:
        for name, megabits, processes, engines in CONDITIONS:
            for engine in engines:
                browser, options = browsers.launch(playwright, engine, paths[engine])
                with lines.serving(megabits) as (address, _), company(processes):
                    for which, of in measure(browser, options, address, rounds).items():
                        rows.append(row(engine, name, which, of))
                        print("".join("%-18s" % cell for cell in rows[-1]), flush=True)
                browser.close()
    load = "%.1f" % os.getloadavg()[0] if hasattr(os, "getloadavg") else "unknown"
    RESULT.write_text(
        "# Start-up\n\n`python3 build.py bench startup %d`: medians of %d rounds; %s cores, load at the end %s (the slower processor's own "
        "included).\n\n%s\n" % (rounds, rounds, os.cpu_count(), load, "\n".join(
            "| %s |" % " | ".join(cells) for cells in [rows[0], ("---",) * len(HEAD), *rows[1:]])), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(run(*map(int, sys.argv[1:])))
