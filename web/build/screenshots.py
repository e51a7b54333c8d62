"""The page as a visitor sees it, as PNG files: wide and on a phone, light and dark, in both languages."""
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from web.build import browsers, preview, serve
from web.build.console import Failure, step
from web.build.paths import DIST, WEB
from web.build.states import STATES

WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
# How high a window has to be to show all: on a wide page each column scrolls by itself.
LONGEST = """Math.max(...[...document.querySelectorAll(".rooms > *")].filter((column) => getComputedStyle(column).position !== "fixed")
  .map((column) => Math.ceil(column.getBoundingClientRect().top + scrollY + column.scrollHeight)))"""
README_PICTURE = WEB / "picture.png"


def take(folder, names=()):
    """Every state in every form, into `folder`, as the window shows it and, in `whole`, as far down as it goes.

    With `names`, only the states that begin with one of them.
    """
    chosen = {name: state for name, state in STATES.items() if not names or name.startswith(tuple(names))}
    if not chosen:
        raise Failure("No state begins with %s; the states are %s." % (" or ".join(names), ", ".join(STATES)))
    folder = Path(folder)
    (folder / "whole").mkdir(parents=True, exist_ok=True)
    with photographer() as shoot:
        for size, options in (("1440x900", WIDE), ("390x844", PHONE)):
            for scheme in ("light", "dark"):
                for language in ("en-US", "zh-CN"):
                    for name, (link, script) in chosen.items():
                        picture = "%s-%s-%s-%s.png" % (name, size, scheme, language[:2])
                        with step("Photographing %s" % picture):
                            shoot(folder / picture, link, script, folder / "whole" / picture, color_scheme=scheme, locale=language, **options)


def take_for_readme():
    """The picture at the top of README.md, and the one that messengers show with a link."""
    with photographer() as shoot, step("Photographing the page for README.md and for messengers"):
        shoot(README_PICTURE, "", "", color_scheme="light", locale="en-US", **WIDE)
        width, height = preview.SIZE
        shoot(preview.PICTURE, "#frame=1&hide=experiment,details,play,rooms",
              "document.querySelector('.handed-note').style.display = 'none'",
              color_scheme="light", locale="en-US", viewport={"width": width, "height": height})


@contextmanager
def photographer():
    """A browser on the served page; the value is a function that takes one picture."""
    executable = browsers.path_of("chromium")
    with serve.serving(DIST) as address, sync_playwright() as playwright:
        browser = browsers.launch(playwright, "chromium", executable)[0]

        def shoot(path, link, script, whole=None, **options):
            # Motion would make the picture depend on the moment it is taken.
            context = browser.new_context(reduced_motion="reduce", **options)
            page = context.new_page()
            page.goto(address + link)
            page.evaluate("window.lab.ready")
            page.evaluate(script)
            page.wait_for_timeout(400)
            page.screenshot(path=str(path))
            if whole:
                page.set_viewport_size({**page.viewport_size, "height": max(page.viewport_size["height"], page.evaluate(LONGEST))})
                page.wait_for_timeout(400)
                page.screenshot(path=str(whole), full_page=True)
            context.close()

        yield shoot
        browser.close()
