// The colour of a number: zero is the background, sign is the side of the scale, size the distance from it.
// Stops are interpolated in OKLab (Ottosson 2020), where equal steps look equal.

export const STOPS = {
  light: ["#004b96", "#4775af", "#7f9fc6", "#b9c9dc", "#f4f3f0", "#e9c7b6", "#da9b7d", "#c86e42", "#ab4500"],
  dark: ["#76c7ff", "#5c9bc7", "#49718e", "#354959", "#212429", "#534336", "#88633f", "#c28545", "#ffa747"],
};

/** [r, g, b] of a colour written #rrggbb. */
export const rgbOf = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));

const toLinear = (u) => (u <= 0.04045 ? u / 12.92 : ((u + 0.055) / 1.055) ** 2.4);
const toGamma = (u) => (u <= 0.0031308 ? 12.92 * u : 1.055 * u ** (1 / 2.4) - 0.055);

function toOklab(hex) {
  const [r, g, b] = rgbOf(hex).map((part) => toLinear(part / 255));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function toRgb([L, a, b]) {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((u) => Math.round(255 * Math.min(1, Math.max(0, toGamma(Math.min(1, Math.max(0, u)))))));
}

const SCALES = Object.fromEntries(Object.entries(STOPS).map(([theme, stops]) => [theme, stops.map(toOklab)]));

/** [r, g, b] of `value` on the symmetric scale from -range to range; null if it is not a finite number. */
export function colourOf(value, range, theme) {
  if (!Number.isFinite(value)) return null;
  const scale = SCALES[theme];
  const share = range > 0 ? Math.min(1, Math.max(-1, value / range)) : 0;
  const place = ((share + 1) / 2) * (scale.length - 1);
  const k = Math.min(scale.length - 2, Math.floor(place));
  return toRgb(scale[k].map((from, c) => from + (place - k) * (scale[k + 1][c] - from)));
}

// So many colours from one end of the scale to the other that the nearest one is the same but for rounding.
const FINE = 2048;
const ramps = {};

/** The nearest of the colours in a table to that of `colourOf`: a large picture asks ten thousands of times, and powers take long. */
export function nearestColour(value, range, theme) {
  if (!Number.isFinite(value)) return null;
  ramps[theme] ??= Array.from({ length: FINE + 1 }, (_, place) => colourOf((2 * place) / FINE - 1, 1, theme));
  const share = range > 0 ? Math.min(1, Math.max(-1, value / range)) : 0;
  return ramps[theme][Math.round(((share + 1) / 2) * FINE)];
}

export const css = (rgb) => `rgb(${rgb.join(" ")})`;

/** Black or white, whichever is read more easily on a colour (relative luminance as in WCAG). */
export function readable(rgb) {
  const [r, g, b] = rgb.map((part) => toLinear(part / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}
