// What helps whoever is lost: the tour, the glossary and the documentation, and which keys do what. Its button stands in
// the play bar, where a phone's thumb reaches it; the one in a phone's header opens the same.

import { signal } from "@preact/signals";
import { t } from "../core/i18n.js";
import { Dialog } from "./Dialog.jsx";
import { Extras } from "./Extras.jsx";

// Which keys, and where: in the picture once it has the focus, on a number that can be changed, or anywhere.
const KEYS = [
  ["picture", [["← →", "move"], ["↑ ↓", "rows"], ["Home End", "ends"], ["Space", "play"], ["E", "equation"]]],
  ["number", [["Enter", "type"], ["← → ↑ ↓", "nudge"]]],
  ["anywhere", [["Ctrl+Z ⌘Z", "undo"], ["Ctrl+Shift+Z Ctrl+Y ⇧⌘Z", "redo"], ["?", "help"]]],
];

const open = signal(false);
export const openHelp = () => { open.value = true; };
const close = () => { open.value = false; };

export const HelpButton = () => (
  <button type="button" class="icon help" aria-haspopup="dialog" aria-keyshortcuts="?" aria-label={t("help.title")} title={t("help.title")}
    onClick={openHelp}>?</button>);

/** In a phone's header, which has no room for all that the help offers. */
export const More = () => (
  <button type="button" class="plain more" aria-haspopup="dialog" aria-label={t("help.title")} onClick={openHelp}>⋯</button>);

export const Help = () => open.value && (
  <Dialog title={t("help.title")} onClose={close}>
    <Extras onUse={close} />
    {KEYS.map(([where, keys]) => (
      <section key={where} class="keys-help">
        <h3>{t(`help.${where}`)}</h3>
        <dl>{keys.map(([names, what]) => (
          <div key={what}><dt>{names.split(" ").map((name) => <kbd key={name}>{name}</kbd>)}</dt><dd>{t(`help.${what}`)}</dd></div>))}</dl>
      </section>))}
  </Dialog>);
