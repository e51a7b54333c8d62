// Which version this is, how Python started, whether every file is the one that was built, and what this browser keeps.

import { useSignal } from "@preact/signals";
import { inRow, t } from "../../core/i18n.js";
import { engineState } from "../../core/state.js";
import { forget, installer, keep, keepable, kept } from "../../core/offline.js";
import { verify } from "../../core/verify.js";
import { version } from "../../core/version.js";

export const About = () => (
  <div class="about">
    <section>
      <p>{t("about.version", version)}</p>
      <p data-about="recipe">{t(engineState.value === "live" ? `about.recipe.${document.documentElement.dataset.recipe}` : "about.recipe.none")}</p>
      <p>{t("about.trust")}</p>
      {location.protocol !== "file:" && <p><a href="licences.txt">{t("about.licences")}</a></p>}
    </section>
    <Verified />
    <Kept />
  </div>);

function Verified() {
  const said = useSignal({ text: "", running: false });
  const run = async () => {
    if (said.value.running) return;
    const say = (text, more) => { said.value = { text, running: false, ...more }; };
    try {
      const { checked, wrong, list } = await verify((done, all) => say(t("verify.running", { done, all }), { running: true }));
      if (wrong.length) say(t("verify.wrong", { count: wrong.length, names: inRow(wrong.slice(0, 5)) }), { wrong: true });
      else say(t("verify.right", { count: checked }), { list });
    } catch (error) {
      say(error.message, { wrong: true });
    }
  };
  const { text, running, wrong, list } = said.value;
  return (
    <section>
      <h3>{t("verify.title")}</h3>
      <p>{t("verify.what")}</p>
      <p><button type="button" aria-disabled={running} onClick={run}>{t("verify.button")}</button></p>
      <p role="status" data-about="verified" class={wrong ? "refusal" : undefined}>{text}</p>
      {list && <p class="digest">{t("verify.list")} <code>{list}</code></p>}
    </section>
  );
}

function Kept() {
  if (!keepable) return null;
  const state = kept.value;
  return (
    <section>
      <h3>{t("offline.title")}</h3>
      <p role="status" data-about="kept">{t(`offline.${state}`)}</p>
      <p class="buttons">
        {state === "no" || state === "failed" ? <button type="button" onClick={keep}>{t("offline.keep")}</button>
          : <button type="button" onClick={forget}>{t("offline.remove")}</button>}
        {installer.value && <button type="button" onClick={() => { installer.value.prompt(); installer.value = null; }}>{t("offline.install")}</button>}
      </p>
      {!installer.value && <p class="note">{t("offline.howToInstall")}</p>}
    </section>
  );
}
