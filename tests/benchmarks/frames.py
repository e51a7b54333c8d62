"""How long the page takes to answer a hand: hovering, moving the selection, dragging a slider.

    .venv/bin/python tests/benchmarks/frames.py

Prints the median and the 95th percentile of the time from one picture to the next, for a small and a large network. At 60
pictures a second one takes 16.7 ms.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import sync_playwright  # noqa: E402  (found through the line above)

from web.build import browsers, serve  # noqa: E402
from web.build.paths import DIST  # noqa: E402

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
  return { hovering: await timed(hover, 200), 'moving the selection': await timed((k) => lab.select({ t: 1 + k % T }), 60),
    'changing the forget bias': await timed((k) => lab.set({ forget_bias: k / 50 }), 30) };
}"""


def main():
    executable = browsers.path_of("chromium")
    with serve.serving(DIST) as address, sync_playwright() as playwright:
        browser, _ = browsers.launch(playwright, "chromium", executable)
        print("%-22s%-28s%10s%10s" % ("", "milliseconds per picture", "median", "95 %"))
        for name, link in SHAPES.items():
            page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
            page.goto(address + link)
            page.evaluate("lab.ready")
            for what, (median, late) in page.evaluate(MEASURE).items():
                print("%-22s%-28s%10.1f%10.1f" % (name, what, median, late))
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
