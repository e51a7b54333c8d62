// A press on a button counts also where the button moved away under it. Leaving a field enters what was typed there, which
// happens when the button is pressed: a sentence may come, or a note go, and what stands below moves before it is let go.

const STILL = 8;                                        // pixels that a hand moves by itself
let pressed = null;

addEventListener("pointerdown", ({ target, clientX: x, clientY: y }) => {
  const on = target.closest?.("button, summary, a[href], label");
  pressed = on ? { on, x, y, entered: false } : null;
}, true);

addEventListener("change", () => { if (pressed) pressed.entered = true; }, true);

addEventListener("click", ({ target }) => { if (pressed?.on.contains(target)) pressed = null; }, true);

addEventListener("pointerup", ({ clientX, clientY }) => {
  const mine = pressed;
  if (!mine?.entered || Math.hypot(clientX - mine.x, clientY - mine.y) > STILL) return;
  setTimeout(() => {                                    // its click, if there is one, comes before this
    if (pressed !== mine) return;
    pressed = null;
    mine.on.click();
  });
}, true);
