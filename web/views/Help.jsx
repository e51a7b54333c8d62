// What helps whoever is lost: the tour, the glossary and the documentation, and which keys do what. Its button stands in
// the play bar; the menu of a narrow header opens the same under its own name.

import { signal } from "@preact/signals";
import { t } from "../core/i18n.js";
import { byTouch } from "../core/window.js";
import { Dialog } from "./Dialog.jsx";
import { Extras } from "./Extras.jsx";

// Which keys, and where: in the picture once it has the focus, on a number that can be changed, or anywhere.
const KEYS = [
  ["picture", [["← →", "move"], ["↑ ↓", "rows"], ["Home End", "ends"], ["Space", "play"], ["E", "equation"]]],
  ["number", [["Enter", "type"], ["← → ↑ ↓", "nudge"]]],
  ["anywhere", [["Ctrl+Z ⌘Z", "undo"], ["Ctrl+Shift+Z Ctrl+Y ⇧⌘Z", "redo"], ["PgDn PgUp", "page"], ["?", "help"]]],
];

const open = signal(null);                              // the title it is opened under, a locale key
export const openHelp = () => { open.value = "help.title"; };
const openMenu = () => { open.value = "more.title"; };
const close = () => { open.value = null; };

export const HelpButton = () => (
  <button type="button" class="icon help" aria-haspopup="dialog" aria-keyshortcuts="?" aria-label={t("help.title")} title={t("help.title")}
    onClick={openHelp}>?</button>);

/** In a narrow header, which has no room for all that the help offers. */
export const More = () => (
  <button type="button" class="plain more" aria-haspopup="dialog" aria-label={t("more.title")} title={t("more.title")} onClick={openMenu}>⋯</button>);

export const Help = () => open.value !== null && (
  <Dialog title={t(open.value)} onClose={close}>
    <Extras onUse={close} />
    {!byTouch.value && KEYS.map(([where, keys]) => (
      <section key={where} class="keys-help">
        <h3>{t(`help.${where}`)}</h3>
        <dl>{keys.map(([names, what]) => (
          <div key={what}><dt>{names.split(" ").map((name) => <kbd key={name}>{name}</kbd>)}</dt><dd>{t(`help.${what}`)}</dd></div>))}</dl>
      </section>))}
  </Dialog>);
