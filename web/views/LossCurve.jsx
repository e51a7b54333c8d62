// The training batches' losses on a logarithmic axis, small.

import { short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { mostUpdates, trace } from "../core/state.js";

const WIDTH = 220;
const HEIGHT = 54;

export function LossCurve() {
  const { losses } = trace.value;
  if (losses.length === 0) return <p class="curve empty">{t("train.noUpdates")}</p>;
  const most = Math.max(mostUpdates(trace.value.experiment), losses.length);
  const height = (loss) => Math.log10(Math.max(loss, 1e-12));
  const [low, high] = [Math.min(...losses.map(height)), Math.max(...losses.map(height), Math.min(...losses.map(height)) + 1)];
  const points = losses.map((loss, k) => [(WIDTH * (k + 1)) / most, 3 + (HEIGHT - 6) * (1 - (height(loss) - low) / (high - low))]);
  const [x, y] = points.at(-1);
  return (
    <figure class="curve">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img"
        aria-label={t("train.curve", { updates: losses.length, first: short(losses[0]), last: short(losses.at(-1)) })}>
        <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} class="axis" />
        <polyline points={points.map((p) => p.join(",")).join(" ")} vector-effect="non-scaling-stroke" />
        <circle cx={x} cy={y} r="2.5" />
      </svg>
      <figcaption>{t("train.curveCaption")}<span>{short(losses[0])} → {short(losses.at(-1))}</span></figcaption>
    </figure>
  );
}
