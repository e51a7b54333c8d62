// A button that copies. Where the browser does not let it, the text stands there to be copied by hand.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { copyText } from "../core/clipboard.js";
import { t } from "../core/i18n.js";
import { Icon } from "./Icon.jsx";

/**
 * @param text  a function that gives it
 * @param what  the key of what the button is called
 * @param bare  whether it shows its sign only
 */
export function CopyButton({ text, what, bare }) {
  const copied = useSignal(false);
  const byHand = useSignal(null);
  const forgetting = useRef(null);
  const copy = async () => {
    const wanted = text();
    copied.value = await copyText(wanted);
    byHand.value = copied.value ? null : wanted;
    clearTimeout(forgetting.current);
    if (copied.value) forgetting.current = setTimeout(() => { copied.value = false; }, 1500);
  };
  const label = t(copied.value ? "inspector.copied" : what);
  return (
    <>
      <button type="button" class={bare ? "icon small" : "plain copy"} data-copy={what} aria-label={bare ? label : undefined} title={bare ? label : undefined} onClick={copy}>
        <Icon name={copied.value ? "check" : "copy"} />{!bare && <span>{label}</span>}</button>
      {byHand.value !== null && (
        <label class="by-hand">{t("inspector.byHand")}
          <textarea readOnly rows={Math.min(8, byHand.value.split("\n").length)} value={byHand.value} ref={(field) => field?.select()}
            onBlur={() => { byHand.value = null; }} /></label>)}
    </>);
}
