// A formula, set by KaTeX. The LaTeX comes from Python.
//
// It is built from elements and never from text, since the page's security policy allows no style in HTML.

import katex from "katex";
import { useLayoutEffect, useRef } from "preact/hooks";

const set = new Map();

function formula(text, block) {
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
  useLayoutEffect(() => place.current.replaceChildren(...formula(children, block).childNodes), [children, block]);
  return <span ref={place} class={block ? "tex block" : "tex"} />;
}
