// The training batches' losses on a logarithmic axis, small.

import { short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { extent, linear, logarithmic, path } from "../core/scale.js";
import { curves, mostUpdates, trace } from "../core/state.js";

const WIDTH = 220;
const HEIGHT = 54;

export function LossCurve() {
  const losses = curves.value.main.loss.subarray(0, trace.value.experiment.updates);
  if (losses.length === 0) return <p class="curve empty">{t("train.noUpdates")}</p>;
  const most = Math.max(mostUpdates(trace.value.experiment), losses.length);
  const [low, high] = extent([losses], 0);
  const height = logarithmic(low, high, HEIGHT - 3, 3);
  const x = linear(0, most, 0, WIDTH);
  return (
    <figure class="curve">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img"
        aria-label={t("train.curve", { updates: losses.length, first: short(losses[0]), last: short(losses.at(-1)) })}>
        <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} class="axis" />
        <path d={path(losses, x.at, height.at)} vector-effect="non-scaling-stroke" />
        <circle cx={x.at(losses.length)} cy={height.at(losses.at(-1))} r="2.5" />
      </svg>
      <figcaption>{t("train.curveCaption")}<span>{short(losses[0])} → {short(losses.at(-1))}</span></figcaption>
    </figure>
  );
}
