// What the header offers beside directions and engine; a phone has it under the experiment.

import { useSignal } from "@preact/signals";
import { lang, t } from "../core/i18n.js";
import { projector } from "../core/state.js";
import { startTour } from "../core/tour.js";
import { DocumentationLink } from "./DocumentationLink.jsx";
import { openGlossary } from "./Glossary.jsx";

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
      <CopyLink />
    </div>
  );
}

function CopyLink() {
  const said = useSignal("share.copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      said.value = "share.copied";
    } catch {
      said.value = "share.failed";      // no permission, or not a secure page
    }
    setTimeout(() => { said.value = "share.copy"; }, 2000);
  };
  return <button type="button" class="plain" onClick={copy}>{t(said.value)}</button>;
}
