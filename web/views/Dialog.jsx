// A sheet over the page: closed by its button, by Escape, or by a click beside it.

import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../core/i18n.js";

export function Dialog({ title, onClose, wide, children }) {
  const dialog = useRef(null);
  // In the same task in which it comes into the document: a key pressed right after it is seen is its own.
  useLayoutEffect(() => { dialog.current.showModal(); }, []);
  return (
    <dialog ref={dialog} class={wide ? "wide" : undefined} aria-label={title} onClose={onClose}
      onClick={(event) => { if (event.target === dialog.current) dialog.current.close(); }}>
      <div class="dialog-body">
        <header><h2>{title}</h2><button type="button" onClick={() => dialog.current.close()}>{t("check.close")}</button></header>
        {children}
      </div>
    </dialog>
  );
}
