// Single numbers as people type them: "0.05", "0,05", full-width digits, "1'000". What can mean two numbers, such as "1,000", stays
// text, and Python says why. py_lstm/numerals.py does the same. Whole tables of numbers are read by Python alone.

const FIXED_SPACES = "\u00a0\u202f\u2007\u2008\u2009";
const NARROW = { "。": ".", "｡": ".", "−": "-", "﹣": "-", "–": "-", "﹢": "+", "’": "'" };
const COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
const DOUBTFUL = /^[+-]?[1-9]\d{0,2},\d{3}(e[+-]?\d+)?$/i;
const GROUPED = new RegExp(`^[+-]?[1-9]\\d{0,2}(?:(?:['${FIXED_SPACES}]\\d{3})+(?:[.,]\\d*)?|(?:,\\d{3})+\\.\\d*|(?:\\.\\d{3})+,\\d+`
  + "|(?:,\\d{3}){2,}|(?:\\.\\d{3}){2,})$");
const MARKS = new RegExp(`[.,'${FIXED_SPACES}]`, "g");

/** The number that `text` is, or the text itself. */
export function number(text) {
  const clean = text.trim().replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xFEE0))
    .replace(/[。｡−﹣–﹢’]/g, (wide) => NARROW[wide]);
  if (DOUBTFUL.test(clean)) return text;
  const found = canonical(COMMA.test(clean) ? clean.replace(",", ".") : GROUPED.test(clean) ? ungrouped(clean) : clean);
  return typeof found === "number" ? found : text;
}

/** The number that `text` is as a share link writes it, where commas stand between numbers, or the text itself. */
export function canonical(text) {
  const clean = text.trim().replace(/−/g, "-");
  return clean !== "" && /^[-+.\deE]+$/.test(clean) && Number.isFinite(Number(clean)) ? Number(clean) : text;
}

/** Without the marks between thousands; what stands once and last is the decimal mark. */
function ungrouped(text) {
  const last = Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
  if (last < 0 || text.split(text[last]).length > 2) return text.replace(MARKS, "");
  return `${text.slice(0, last).replace(MARKS, "")}.${text.slice(last + 1)}`;
}
