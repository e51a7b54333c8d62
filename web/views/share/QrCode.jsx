// The link as a QR code, drawn as one path.

import { generate } from "lean-qr";
import { toSvgPath } from "lean-qr/extras/svg";
import { useMemo, useRef } from "preact/hooks";
import { pngOf, save } from "../../core/files.js";
import { t } from "../../core/i18n.js";

const MODULE_PX = 12;                                   // of a module in the file
const QUIET = 4;                                        // modules of white around it, without which it is not read
const MOST_MODULES = 117;                               // version 25, about 1270 letters: finer ones are not read off a wall

export function QrCode({ text }) {
  const code = useRef(null);
  const { path, size, problem } = useMemo(() => draw(text), [text]);
  if (problem) return <p role="status">{t(problem, { letters: text.length })}</p>;
  const whole = size + 2 * QUIET;
  const drawing = (
    <svg ref={code} class="qr" viewBox={`${-QUIET} ${-QUIET} ${whole} ${whole}`} role="img" aria-label={t("share.qr.label")} shape-rendering="crispEdges">
      <rect x={-QUIET} y={-QUIET} width={whole} height={whole} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>);
  const take = async () => {
    const picture = code.current.cloneNode(true);
    for (const side of ["width", "height"]) picture.setAttribute(side, whole * MODULE_PX);
    save("lstm-lab-qr.png", await pngOf(new XMLSerializer().serializeToString(picture), 1));
  };
  return (
    <>
      {drawing}
      <p class="buttons">
        {document.fullscreenEnabled && <button type="button" data-qr="whole" onClick={() => code.current.requestFullscreen()}>{t("share.qr.whole")}</button>}
        <button type="button" data-qr="save" onClick={take}>{t("share.qr.save")}</button>
      </p>
    </>);
}

/** {path, size}, or {problem: a locale key} */
function draw(text) {
  try {
    const code = generate(text, { minCorrectionLevel: 0 });
    return code.size > MOST_MODULES ? { problem: "share.qr.tooLong" } : { path: toSvgPath(code), size: code.size };
  } catch {
    return { problem: "share.qr.tooLong" };
  }
}
