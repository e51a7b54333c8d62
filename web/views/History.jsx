// Back to the experiment before, and forth again. It stands in the header, or, where that has no room, below the controls.

import { history, redo, undo } from "../core/edits.js";
import { t } from "../core/i18n.js";
import { Icon } from "./Icon.jsx";

/** @param signs  drawn, where words would need too much room */
export const History = ({ signs = false }) => (
  <span class="history">
    {[["undo", undo, history.past, "Control+Z Meta+Z"], ["redo", redo, history.future, "Control+Shift+Z Control+Y Meta+Shift+Z"]].map(([name, go, list, keys]) => (
      <button key={name} type="button" class={signs ? "icon small" : "plain"} aria-keyshortcuts={keys} title={t(`controls.${name}Keys`)}
        aria-label={t(`controls.${name}`)} disabled={list.value.length === 0} onClick={go}>{signs ? <Icon name={name} /> : t(`controls.${name}`)}</button>))}
  </span>
);
