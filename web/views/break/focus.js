// What held the focus is gone or out of sight: the focus goes to what has taken its place, and not out of the page.

export function keepFocus(selector) {
  setTimeout(() => {
    const held = document.activeElement;
    if (held === document.body || held.getClientRects().length === 0) document.querySelector(selector)?.focus();
  });
}
