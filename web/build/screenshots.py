"""The page as a visitor sees it, as PNG files: wide and on a phone, light and dark, in both languages."""
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from web.build import browsers, preview, serve
from web.build.console import step
from web.build.paths import DIST, WEB

WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
README_PICTURE = WEB / "picture.png"

# All that is told of a damage has come.
TOLD = """new Promise((done) => { const id = setInterval(() => {
  if (document.querySelector(".numbers:not(.waiting):not(.faded)") && document.querySelector(".onset-table:not(.faded)")) { clearInterval(id); done(); }
}, 100); })"""
# One that changes the gates needs no training; one of each kind trains with it.
DAMAGES = ("clamp_f:1", "coupled", "peepholes", "no_carry", "bias_i_from_f", "bias_o_from_f", "last_step_only", "no_cell_slope", "no_gate_slope",
           "shared_bias", "gate_order", "truncated:4", "rule_1997", "noise:0.5", "longer:3")
SOLVE = """new Promise((done) => { const id = setInterval(() => {
  const measure = document.querySelector("[data-puzzle=check]");
  if (!measure) return;
  clearInterval(id);
  measure.click();
  setTimeout(() => { document.querySelector("[data-suspect=no_carry]").click(); setTimeout(done, 2000); }, 2000);
}, 100); })"""

MEASURED = """new Promise((done) => { const id = setInterval(() => {
  if (document.querySelector(".tally") && document.querySelectorAll(".measurements li").length === 3) { clearInterval(id); done(); }
}, 100); })"""

# A text is read, and all is written that is to be written.
READ = """new Promise((done) => { const id = setInterval(() => {
  if (document.querySelectorAll("[data-text=written] .ch").length > 240 && document.querySelector(".follower")) { clearInterval(id); done(); }
}, 100); })"""

# What is looked at: a name, the link that shows it, and what is done there before the picture is taken.
STATES = {
    "forward": ("", ""),
    "inside-a-step": ("#quantity=z_f", "for (const fold of document.querySelectorAll('.fold')) fold.click()"),
    "backward": ("#room=backward&quantity=dc&t=24", ""),
    "streams-at-c": ("#room=backward&quantity=dc&t=20", ""),
    "vanishing": ("#room=backward&quantity=dc&t=17", "document.querySelector('.reach').scrollIntoView()"),
    "growing-gradients": ("#room=backward&quantity=dc&t=9&gradient_of=loss",
                          "document.querySelector('.growth').scrollIntoView({block: 'center'})"),
    "check": ("#gradient_of=loss", "lab.gradientCheck()"),
    "tour": ("", "[...document.querySelectorAll('.extras button')][0].click()"),
    "untrained": ("#updates=0", ""),
    "sixteen-units": ("#hidden_size=16&length=64&updates=120", ""),
    "wave": ("#task=wave&input_size=1&length=40&hidden_size=6&gradient_of=loss&t=20&quantity=c", ""),
    "train-start": ("#room=train&updates=0", ""),
    "train-middle": ("#room=train&updates=80", ""),
    "train-end": ("#room=train&updates=400", ""),
    "train-changed": ("#room=train&updates=200&changes=120:learning_rate:0.1", ""),
    "train-two-runs": ("#room=train&updates=200&beside=forget_bias%3D-2", ""),
    "train-seeds": ("#room=train&updates=150&beside=seed%3D2%7Cseed%3D3%7Cseed%3D4%7Cseed%3D5", ""),
    "train-cells": ("#room=train&updates=200&beside=cell%3Drnn%7Ccell%3Dgru", ""),
    "train-clip-changed": ("#room=train&updates=200&changes=80:clip_norm:0.2", ""),
    "train-adding": ("#room=train&task=adding&updates=300", ""),
    "train-text": ("#room=train&task=text_en&updates=250", READ),
    "train-text-chosen": ("#room=train&task=text_en&updates=250",
                          READ + ".then(() => { document.querySelector('[data-trait=word]').click(); document.querySelector('.text-view').scrollIntoView(); })"),
    "train-text-zh": ("#room=train&task=text_zh&updates=150", READ),
    "train-text-gates": ("#room=train&task=text_en&updates=100", READ + ".then(() => document.querySelectorAll('.text-choice button')[1].click())"),
    "train-diverged": ("#room=train&updates=0&optimizer=sgd&learning_rate=1000&weight_decay=1000&clip_norm=1000000000", "lab.train()"),
    "projector": ("#projector=1", ""),
    "share": ("", "document.querySelector('.extras button[aria-haspopup]').click()"),
    "handed": ("#hide=rooms,experiment&question=Why%20does%20the%20forget%20gate%20shut%20here%3F&~answer=c0pNTiwtTlXIT1MoyUhVyE0sytZTeDp7wZMdu54taH-xbsPjhiYA",
               "document.querySelector('.handed button')?.click()"),
    "framed": ("#frame=1", ""),
    "refused": ("#hidden_size=99", ""),
    **{"break-" + damage.split(":")[0]: ("#room=break&damage=" + damage, TOLD) for damage in DAMAGES},
    "break-nothing": ("#room=break", TOLD),
    "break-wrong-matrix": ("#room=break&input_size=3&updates=60&damage=wrong_matrix", TOLD),
    "break-trained": ("#room=break&damage=no_carry&damage_from=0",
                      TOLD + ".then(() => document.querySelector('.train-on').scrollIntoView({block: 'center'}))"),
    "find-the-bug": ("#room=break&puzzle=7", SOLVE),
    "find-the-bug-by-link": ("#room=break&puzzle=7&measured=score;weight_hh:4;weight_ih:2:zero;not:noise", MEASURED),
}


def take(folder):
    """Every state in every form, into `folder`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with photographer() as shoot:
        for size, options in (("1440x900", WIDE), ("390x844", PHONE)):
            for scheme in ("light", "dark"):
                for language in ("en-US", "zh-CN"):
                    for name, (link, script) in STATES.items():
                        path = folder / ("%s-%s-%s-%s.png" % (name, size, scheme, language[:2]))
                        with step("Photographing %s" % path.name):
                            shoot(path, link, script, color_scheme=scheme, locale=language, **options)


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

        def shoot(path, link, script, **options):
            # Motion would make the picture depend on the moment it is taken.
            context = browser.new_context(reduced_motion="reduce", **options)
            page = context.new_page()
            page.goto(address + link)
            page.evaluate("window.lab.ready")
            page.evaluate(script)
            page.wait_for_timeout(400)
            page.screenshot(path=str(path))
            context.close()

        yield shoot
        browser.close()
