// What the header offers beside directions and engine. A phone has room for one button, which opens them.

import { useSignal } from "@preact/signals";
import { lang, t } from "../core/i18n.js";
import { projector } from "../core/state.js";
import { startTour } from "../core/tour.js";
import { Dialog } from "./Dialog.jsx";
import { DocumentationLink } from "./DocumentationLink.jsx";
import { openGlossary } from "./Glossary.jsx";
import { openShare } from "./share/ShareDialog.jsx";

export function More() {
  const open = useSignal(false);
  return (
    <>
      <button type="button" class="plain more" aria-label={t("more.label")} aria-haspopup="dialog" onClick={() => { open.value = true; }}>⋯</button>
      {open.value && <Dialog title={t("more.label")} onClose={() => { open.value = false; }}><Extras onUse={() => { open.value = false; }} /></Dialog>}
    </>
  );
}

/** @param onUse  called when one of them is used */
export function Extras({ onUse = () => {} }) {
  const button = (label, action, more) => (
    <button type="button" class="plain" {...more} onClick={() => { onUse(); action(); }}>{t(label)}</button>);
  return (
    <div class="extras">
      {button("tour.button", startTour)}
      {button("glossary.title", () => openGlossary())}
      <DocumentationLink page="index" text="docs.button" />
      {location.protocol !== "file:" && <a class="plain" href={`handing-out.html${lang.value === "en" ? "" : "#zh"}`}>{t("handout.button")}</a>}
      {button("projector.button", () => { projector.value = !projector.value; }, { "aria-pressed": projector.value })}
      {button("share.button", openShare, { "aria-haspopup": "dialog" })}
    </div>
  );
}
