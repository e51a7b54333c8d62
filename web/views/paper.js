// The page is printed as it is drawn before the browser takes its picture of it: light, whole, and in pixels.

import { options } from "preact";
import { onPaper } from "../core/window.js";

const copies = [];

/** A canvas that was drawn on its way to the paper is printed by Chromium at another size than what stands over it; pixels are not. */
function freeze(canvas) {
  const pixels = new OffscreenCanvas(canvas.width, canvas.height);
  pixels.getContext("2d").drawImage(canvas, 0, 0);
  const copy = canvas.cloneNode(false);
  copy.getContext("bitmaprenderer").transferFromImageBitmap(pixels.transferToImageBitmap());
  copy.classList.add("on-paper");
  canvas.after(copy);
  copies.push(copy);
}

function print(now) {
  if (onPaper.value === now) return;
  for (const copy of copies.splice(0)) copy.remove();
  // The browser waits for nobody: what is to be seen is drawn at once.
  const { debounceRendering } = options;
  options.debounceRendering = (render) => render();
  onPaper.value = now;
  options.debounceRendering = debounceRendering;
  if (now) for (const canvas of document.querySelectorAll("canvas")) if (canvas.width && canvas.height) freeze(canvas);
}

export function listenForPaper() {
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
  matchMedia("print").addEventListener("change", ({ matches }) => print(matches));
}
