// Every term of the page in two sentences. A quantity opens it at its own term.

import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../core/i18n.js";
import { Dialog } from "./Dialog.jsx";
import { DocumentationLink } from "./DocumentationLink.jsx";

const TERMS = ["lstm", "rnn", "forget", "input", "output", "candidate", "cell", "hidden", "read", "answer", "target", "preactivation", "error", "bptt", "probability", "loss", "update", "optimizer",
  "forgetBias", "initializer", "check", "complexStep", "latch"];

// Which term explains a quantity: the longest name that fits comes first.
const OF = [["dz_", "error"], ["dx", "bptt"], ["dy", "bptt"], ["dh", "bptt"], ["dc", "bptt"], ["z_", "preactivation"], ["tanh_c", "cell"],
  ["f", "forget"], ["i", "input"], ["o", "output"], ["g", "candidate"], ["c", "cell"], ["h", "hidden"], ["p", "probability"], ["y", "answer"], ["target", "target"], ["x", "read"]];

const termOf = (quantity) => OF.find(([start]) => quantity.startsWith(start))?.[1];

/** What a quantity is, in the glossary's words. */
export const meaning = (quantity) => t(`term.${termOf(quantity)}.text`);

const open = signal(null);

export const openGlossary = (quantity = null) => { open.value = { term: quantity && termOf(quantity) }; };

export const Glossary = () => open.value && (
  <Dialog title={t("glossary.title")} onClose={() => { open.value = null; }}><Terms at={open.value.term} /></Dialog>);

function Terms({ at }) {
  const wanted = useRef(null);
  // The dialog around it opens after this is mounted, but before anything is seen or heard.
  useLayoutEffect(() => { queueMicrotask(() => wanted.current?.scrollIntoView({ block: "start" })); }, []);
  return (
    <>
    <p class="further"><DocumentationLink page="coming-from" text="docs.comingFrom" /></p>
    <dl class="glossary">
      {TERMS.map((term) => (
        <div key={term} ref={term === at ? wanted : undefined} class={term === at ? "wanted" : undefined}>
          <dt>{t(`term.${term}`)}</dt><dd>{t(`term.${term}.text`)}</dd>
        </div>))}
    </dl>
    </>
  );
}
