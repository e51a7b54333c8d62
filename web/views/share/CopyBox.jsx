// A text to be copied, whole and in sight, so that it can be taken by hand where the browser does not let a page copy.

import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { copyText } from "../../core/clipboard.js";
import { t } from "../../core/i18n.js";

const SAID_MS = 4000;

/** @param name  a locale key; {name}.copy is the button's word */
export function CopyBox({ text, name, rows = 2 }) {
  const id = useId();
  const box = useRef(null);
  const said = useSignal(null);
  const forgetting = useRef(null);
  const copy = async () => {
    const copied = await copyText(text);
    clearTimeout(forgetting.current);                   // it is for what was said before
    if (copied) {
      said.value = "share.copied";
      forgetting.current = setTimeout(() => { said.value = null; }, SAID_MS);
    } else {
      said.value = "share.failed";
      box.current.focus();                              // which selects it
    }
  };
  return (
    <div class="copy-box">
      <label for={id}>{t(name)}</label>
      <textarea id={id} ref={box} readOnly rows={rows} spellcheck={false} value={text} onFocus={(event) => event.currentTarget.select()} />
      <div class="buttons">
        <button type="button" class="primary" onClick={copy}>{t(`${name}.copy`)}</button>
        <span role="status">{said.value && t(said.value)}</span>
      </div>
    </div>);
}
