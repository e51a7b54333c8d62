// A formula, set by KaTeX. The LaTeX comes from Python.

import katex from "katex";

const set = new Map();

export function Tex({ children, block = false }) {
  const key = `${block}${children}`;
  if (!set.has(key)) {
    if (set.size > 4000) set.clear();
    set.set(key, katex.renderToString(children, { displayMode: block, throwOnError: false, output: "htmlAndMathml" }));
  }
  return <span class={block ? "tex block" : "tex"} dangerouslySetInnerHTML={{ __html: set.get(key) }} />;
}
