// What the header offers beside directions and engine; a narrower one has it in its menu.

import { lang, t } from "../core/i18n.js";
import { projector } from "../core/state.js";
import { startTour } from "../core/tour.js";
import { DocumentationLink } from "./DocumentationLink.jsx";
import { openGlossary } from "./Glossary.jsx";
import { openShare } from "./share/ShareDialog.jsx";

/** In every header, also where the others stand behind its menu. */
export const ShareButton = () => (
  <button type="button" class="plain share-button" aria-haspopup="dialog" onClick={openShare}>{t("share.button")}</button>);

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
    </div>
  );
}
