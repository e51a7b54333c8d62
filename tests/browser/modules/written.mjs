// web/core/written.js for every quantity, forward and backward, that the given file has the explanations of: what is copied can
// be set by KaTeX without a complaint, and says the numbers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import katex from "../../../web/node_modules/katex/dist/katex.mjs";
import { full } from "../../../web/core/format.js";
import { asLatex, asText } from "../../../web/core/written.js";

const all = JSON.parse(readFileSync(process.env.EXPLANATIONS, "utf8"));

for (const [which, told] of all) {
  test(`${which}: ${told.quantity}`, () => {
    const latex = asLatex(told, "a name\nin two lines");
    const set = katex.renderToString(latex, { displayMode: true, throwOnError: true, strict: "error", output: "mathml" });
    assert.ok(set.includes("</math>"));
    assert.ok(latex.startsWith(`% a name in two lines: ${told.value}\n`));
    const text = asText(told, "a name");
    assert.ok(text.includes(full(told.value)), text);
    assert.doesNotMatch(text, /[\\{}&]|undefined|NaN/);
    assert.doesNotMatch(latex, /undefined|[−×⁻∂σ]/);
  });
}

test("the rows are those of the inspector, with the operands' names and numbers", () => {
  const factor = (symbol, value) => ({ symbol, value, quantity: "f", t: 3, unit: 1 });
  const line = { symbol: "c_{3,1}", equation: "c_t = f_t \\odot c_{t-1} + i_t \\odot g_t", function: "", value: 0.25, sources: [], terms: [
    { symbol: "a", value: 0.5, parts: [], factors: [factor("f_{3,1}", 0.5), factor("c_{2,1}", 1)] },
    { symbol: "b", value: -0.25, parts: [], factors: [factor("i_{3,1}", 0.5), factor("g_{3,1}", -0.5)] }] };
  const told = { quantity: "c", t: 3, unit: 1, value: 0.25, lines: [line] };
  assert.equal(asText(told, "cell state, unit 1, step 3"), ["cell state, unit 1, step 3", "c_t = f_t ⊙ c_(t-1) + i_t ⊙ g_t",
    "c_(3,1) = f_(3,1) · c_(2,1) + i_(3,1) · g_(3,1)", "    = 0.5 · 1 + 0.5 · (−0.5)", "    = 0.5000 + (−0.2500)", "    = 0.2500   (0.25)"].join("\n"));
  assert.equal(asLatex(told, "c"), ["% c: 0.25", "\\begin{aligned}", "c_t &= f_t \\odot c_{t-1} + i_t \\odot g_t \\\\",
    "c_{3,1} &= f_{3,1} \\, c_{2,1} + i_{3,1} \\, g_{3,1} \\\\", "&= 0.5 \\cdot 1 + 0.5 \\cdot (-0.5) \\\\", "&= 0.5000 + (-0.2500) \\\\",
    "&= 0.2500", "\\end{aligned}"].join("\n"));
  const held = { quantity: "f", t: 4, unit: 2, value: 0.25, lines: [{ symbol: "f_{4,2}", equation: "f_t = 0.25", value: 0.25, function: "", terms: [], sources: [] }] };
  assert.equal(asText(held, "forget gate"), ["forget gate", "f_t = 0.25", "f_(4,2) = 0.25"].join("\n"));
  assert.match(asLatex({ ...told, value: -1.5e-7, lines: [] }, "c"), /c_\{3,1\} &= -1\.5 \\times 10\^\{-7\}/);
});
