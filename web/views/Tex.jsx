// A formula, set by KaTeX. The LaTeX comes from Python.
//
// It is built from elements and never from text, since the page's security policy allows no style in HTML.

import { useLayoutEffect, useRef } from "preact/hooks";
import { worded } from "../core/worded.js";
import { plain } from "../core/written.js";
import { typesetter } from "./typesetter.js";

const set = new Map();

function formula(katex, text, block) {
  const key = `${block}${text}`;
  if (!set.has(key)) {
    if (set.size > 4000) set.clear();
    const built = document.createElement("span");
    katex.render(text, built, { displayMode: block, throwOnError: false, output: "htmlAndMathml" });
    set.set(key, built);
  }
  return set.get(key).cloneNode(true);
}

export function Tex({ children, block = false }) {
  const place = useRef(null);
  const katex = typesetter.module.value?.default;
  const text = worded(children);
  useLayoutEffect(() => {
    if (katex) place.current.replaceChildren(...formula(katex, text, block).childNodes);
    else place.current.textContent = plain(text).replace("/", "/\u200b");   // a fraction may be broken where space is scarce
  }, [text, block, katex]);
  return <span ref={place} class={`tex${block ? " block" : ""}${katex ? "" : " as-text"}`} />;
}
