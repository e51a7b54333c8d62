"""How long the page takes to answer a hand: hovering, moving the selection, dragging a slider.

    python3 build.py bench frames

Prints the median and the 95th percentile of the time from one picture to the next, for a small and a large network, in both rooms. At 60
pictures a second one takes 16.7 ms.
"""
import itertools

from playwright.sync_api import sync_playwright

from web.build import browsers, serve
from web.build.paths import DIST

SHAPES = {"3 units, 24 steps": "#updates=0", "16 units, 64 steps": "#hidden_size=16&length=64&updates=0",
          "64 units, 200 steps": "#hidden_size=64&length=200&updates=0"}

MEASURE = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const timed = async (act, count) => {
    const times = [];
    for (let k = 0; k < count; k += 1) {
      const start = performance.now();
      await act(k);
      await frame();
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    return [times[count >> 1], times[Math.floor(count * 0.95)]];
  };
  const canvas = document.querySelector('.sheet canvas');
  const box = canvas.getBoundingClientRect();
  const hover = (k) => canvas.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + (7 * k) % box.width,
    clientY: box.top + (5 * k) % Math.min(box.height, 600), pointerType: 'mouse', bubbles: true }));
  const T = lab.experiment.length;
  return { hovering: await timed(hover, 200), 'moving the selection': await timed((k) => lab.select({ t: 1 + k % T }), %d),
    'changing the forget bias': await timed((k) => lab.set({ forget_bias: k / 50 }), 30) };
}"""


def run(rounds=60):
    executable = browsers.path_of("chromium")
    with serve.serving(DIST) as address, sync_playwright() as playwright:
        browser, _ = browsers.launch(playwright, "chromium", executable)
        print("%-22s%-38s%10s%10s" % ("", "milliseconds per picture", "median", "95 %"))
        for (name, link), room in itertools.product(SHAPES.items(), ("forward", "backward")):
            page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
            page.goto(address + link + "&room=" + room)
            page.evaluate("lab.ready")
            for what, (median, late) in page.evaluate(MEASURE.replace("%d", str(rounds))).items():
                print("%-22s%-38s%10.1f%10.1f" % (name, "%s, %s" % (room, what), median, late))
            page.close()
        browser.close()
