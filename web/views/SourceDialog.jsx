// The Python file that computed a number, the line marked.

import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../core/i18n.js";
import { engine } from "../core/requests.js";
import { Dialog } from "./Dialog.jsx";

const shown = signal(null);

export const openSource = (file, line) => { shown.value = { file, line }; };

export const SourceDialog = () => shown.value && (
  <Dialog title={shown.value.file} wide onClose={() => { shown.value = null; }}><Source {...shown.value} /></Dialog>);

function Source({ file, line }) {
  const text = useSignal(null);
  const marked = useRef(null);
  useEffect(() => { engine.source(file).then((answer) => { text.value = answer?.text ?? t("source.later"); }); }, [file]);
  useEffect(() => { marked.current?.scrollIntoView({ block: "center" }); });
  return (
    <pre class="python" tabIndex={0}>
      {(text.value ?? "").split("\n").map((code, k) => (
        <span key={k} ref={k + 1 === line ? marked : undefined} class={k + 1 === line ? "marked" : undefined}>
          <i aria-hidden="true">{k + 1}</i>{code}{"\n"}</span>))}
    </pre>
  );
}
