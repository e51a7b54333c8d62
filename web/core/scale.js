// Axes: from numbers to places, and where the ticks stand.

const STEPS = [1, 2, 5, 10];
// Below both all is rounding: so many decades under the largest number, and 1e-12.
const MOST_DECADES = 12;

/** The smallest of 1, 2, 5, 10, 20, ... that is at least `size`. */
export function roundUp(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  return STEPS.map((step) => step * power).find((candidate) => candidate >= size * (1 - 1e-12));
}

/** A linear axis over [low, high], mapped to [from, to], with about `wanted` ticks. */
export function linear(low, high, from, to, wanted = 4) {
  const span = high > low ? high - low : 1;
  const step = roundUp(span / wanted);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= low + span * (1 + 1e-9); k += 1) ticks.push(Number((k * step).toPrecision(12)));
  return { low, high: low + span, ticks, at: (value) => from + ((to - from) * (value - low)) / span };
}

/** A logarithmic axis that holds [low, high]; what is not above 0 stands at its lower end. */
export function logarithmic(low, high, from, to, wanted = 4) {
  const top = Math.ceil(Math.log10(high > 0 ? high : 1) - 1e-9);
  const bottom = Math.max(Math.min(top, 0) - MOST_DECADES, Math.min(top - 1, Math.floor(Math.log10(low > 0 ? low : high > 0 ? high : 1) + 1e-9)));
  const apart = Math.max(1, Math.ceil((top - bottom) / wanted));
  const ticks = [];
  for (let power = top; power >= bottom; power -= apart) ticks.unshift(Number(`1e${power}`));
  const place = (value) => Math.max(Math.log10(value > 0 ? value : Number.MIN_VALUE), bottom);
  return { low: 10 ** bottom, high: 10 ** top, ticks, at: (value) => from + ((to - from) * (place(value) - bottom)) / (top - bottom) };
}

/** Least and greatest finite number of several series; `above` leaves out what is not larger, for a logarithm. */
export function extent(series, above = -Infinity) {
  let [low, high] = [Infinity, -Infinity];
  for (const values of series) {
    for (const value of values) {
      if (value > above && Number.isFinite(value)) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

/**
 * A long series as a path of at most two points for a pixel: where several numbers fall on one, their least and greatest.
 *
 * @param values  one number for each update, the first for update 1
 * @param x, y    from update and from value to place
 */
export function path(values, x, y) {
  let text = "";
  let pen = "M";
  let [column, least, greatest] = [null, 0, 0];
  const put = (at, value) => { text += `${pen}${at.toFixed(1)} ${value.toFixed(1)}`; pen = "L"; };
  const flush = () => {
    if (column === null) return;
    put(column, least);
    if (greatest - least > 0.5) put(column, greatest);
  };
  for (let k = 0; k < values.length; k += 1) {
    const at = Math.round(2 * x(k + 1)) / 2;
    const place = Number.isFinite(values[k]) ? y(values[k]) : null;
    if (place === null) continue;
    if (at !== column) { flush(); [column, least, greatest] = [at, place, place]; }
    else { least = Math.min(least, place); greatest = Math.max(greatest, place); }
  }
  flush();
  return text;
}
