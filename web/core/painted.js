// When the browser has painted.

/** After the next picture, or as soon as there is none to come because the tab is hidden. */
export const painted = () => new Promise((resolve) => {
  if (document.hidden) { resolve(); return; }
  const done = () => { document.removeEventListener("visibilitychange", done); resolve(); };
  requestAnimationFrame(done);
  document.addEventListener("visibilitychange", done);
});

/** When that picture is on the screen. */
export const shown = () => painted().then(() => new Promise((resolve) => { setTimeout(resolve); }));
