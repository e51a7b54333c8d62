// The focus does not fall out of the page. What was pressed may go, or be out of sight or of use from then on, at once or when
// Python has answered: then the focus goes to what has taken its place, or else to the middle of the page.

let held = null;                                        // what has the focus
let next = null;                                        // a selector of what is to have it after that

/** Where the focus goes if what is pressed now goes. */
export const focusNext = (selector) => { next = selector; };

export function keepFocus() {
  addEventListener("focusin", ({ target }) => { [held, next] = [target, null]; });
  const observer = new MutationObserver((changes) => {
    if (!held || ![document.body, held].includes(document.activeElement)) return;
    const hidden = () => changes.some(({ attributeName }) => attributeName === "class") && held.getClientRects().length === 0;
    if (held.isConnected && !held.disabled && !held.closest("[inert]") && !hidden()) return;
    // Over the page stands a dialog that keeps the focus to itself.
    const middle = [...document.querySelectorAll("dialog[open]")].at(-1)?.querySelector("header button") ?? document.querySelector("main");
    const place = (next && document.querySelector(next)) ?? middle;
    [held, next] = [null, null];
    place?.focus({ preventScroll: true });
  });
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled", "class", "inert"] });
}
