// How the weights of this moment are spread, and the gradient the next update begins with: one small histogram for each
// tensor, all on the same two axes. Python counts.

import { Fragment } from "preact";
import { full, short } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { spreadNow } from "../../core/spread.js";
import { asking } from "../notes.js";

const HEIGHT = 34;

export function Spread() {
  const now = spreadNow.value;
  return (
    <section class="spread">
      <h2>{t("spread.title")}</h2>
      {now ? <Rows spread={now.spread} more={now.more} /> : <p class="note">{asking()}</p>}
    </section>
  );
}

function Rows({ spread: { tensors, limit, powers, norm }, more }) {
  return (
    <div class="spread-rows">
      <span class="head">{t("spread.weights")}</span><span class="head">{t("spread.gradients")}</span>
      {tensors.map((name, row) => (
        <Fragment key={name}>
          <span class="name">{t(`tensor.${name}`)}</span>
          <Bars counts={rowOf(more.weights, row)} style="weights" label={t("spread.weightsOf", { name: t(`tensor.${name}`), limit: short(limit) })} />
          {more.gradients ? <Bars counts={rowOf(more.gradients, row)} style="gradients" label={t("spread.gradientsOf", { name: t(`tensor.${name}`) })} /> : <span />}
        </Fragment>))}
      <Ends labels={[-limit, 0, limit].map(written)} />
      {/* What is smaller or larger is counted at the ends. */}
      <Ends labels={powers.map((power, k) => <>{"≤≥"[k]} 10<sup>{String(power).replace("-", "−")}</sup></>)} />
      {norm !== undefined && <p class="note whole">{t("spread.norm", { norm: short(norm) })}</p>}
    </div>
  );
}

/** A limit is 1, 2 or 5 times a power of ten. */
const written = (value) => (/×/.test(short(value)) ? short(value).replace(".00", "").replace("1 × ", "") : full(value));

const rowOf = ({ shape, data }, row) => data.subarray(row * shape[1], (row + 1) * shape[1]);
const Ends = ({ labels }) => <span class="ends" aria-hidden="true">{labels.map((label, k) => <i key={k}>{label}</i>)}</span>;

function Bars({ counts, style, label }) {
  const most = Math.max(...counts, 1);
  const width = 100 / counts.length;
  return (
    <svg class={`bars ${style}`} viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <line x1="0" x2="100" y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {style === "weights" && <line x1="50" x2="50" y1="0" y2={HEIGHT} />}
      {Array.from(counts, (count, k) => count > 0 && (
        <rect key={k} x={k * width + 0.25} width={width - 0.5} y={HEIGHT - (HEIGHT - 2) * (count / most)} height={(HEIGHT - 2) * (count / most)} />))}
    </svg>
  );
}
