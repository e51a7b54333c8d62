// The series of every run as they grow: a frame brings only what is new of them.

const KINDS = ["loss", "score", "norm", "loss_mean", "score_mean"];

/**
 * @param curves  {run: {count, loss, score, ...}} as it was
 * @param heads   {run: {from, count}}: how many updates each run has now, and from which on this frame brings them
 * @param arrays  the frame's arrays, named "run.kind"
 */
export function grow(curves, heads, arrays) {
  return Object.fromEntries(Object.entries(heads).map(([run, { from, count, ended }]) => {
    const before = from > 0 ? curves[run] : undefined;
    return [run, { count, ended, ...Object.fromEntries(KINDS.map((kind) => [kind, append(before?.[kind], from, arrays[`${run}.${kind}`].data)])) }];
  }));
}

/** A view of `from` old numbers and the new ones behind them; the room behind it doubles, so that most frames copy little. */
function append(old, from, news) {
  const count = from + news.length;
  let space = old?.buffer;
  if (!space || space.byteLength < count * 8) {
    space = new ArrayBuffer(Math.max(1024, 2 * count) * 8);
    if (old) new Float64Array(space).set(old.subarray(0, from));
  }
  const whole = new Float64Array(space, 0, count);
  whole.set(news, from);
  return whole;
}
