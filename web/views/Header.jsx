// The header: what this is, the two directions, where Python stands, language and theme.

import { lang, speak, t } from "../core/i18n.js";
import { engine } from "../core/requests.js";
import { enter } from "../core/selection.js";
import { catchingUp, engineState, isRecording, progress, room, ROOMS, running, runtimeFiles, shownTheme, theme, trace } from "../core/state.js";
import { silent, waiting } from "../core/waiting.js";
import { Extras, ShareButton } from "./Extras.jsx";
import { More } from "./Help.jsx";
import { History } from "./History.jsx";
import { WholePage } from "./share/WholePage.jsx";

export function Header() {
  const other = shownTheme.value === "dark" ? "light" : "dark";
  return (
    <header class="top">
      <h1>{t("title")}</h1>
      <nav aria-label={t("room.label")}>
        {ROOMS.map((name) => (
          <button key={name} type="button" class="tab" aria-pressed={room.value === name} onClick={() => enter(name)}>
            {t(`room.${name}`)}
          </button>))}
      </nav>
      <EngineSign />
      <History signs />
      <Extras />
      <ShareButton />
      <button type="button" class="plain" lang={lang.value === "en" ? "zh-CN" : "en"} aria-label={t("language.switchLabel")}
        onClick={() => speak(lang.value === "en" ? "zh-CN" : "en")}>{t("language.switch")}</button>
      <button type="button" class="plain theme" aria-label={t("theme.label", { theme: t(`theme.${other}`) })}
        onClick={() => { theme.value = other; }}>{t(`theme.${other}`)}</button>
      <More />
      <WholePage />
    </header>
  );
}

/** To the second below ten, to five below a minute, and in minutes above. */
function duration(seconds) {
  if (seconds >= 60) return t("engine.minutes", { minutes: Math.ceil(seconds / 60) });
  return t("engine.seconds", { seconds: seconds < 10 ? seconds : 5 * Math.ceil(seconds / 5) });
}

const mega = (bytes) => (bytes / 1e6).toFixed(1);

/** Where Python stands: a word, while it loads a bar that counts the bytes that came, and the whole story in the title. */
function EngineSign() {
  const state = engineState.value;
  if (state === "failed") {
    return (
      <span class="engine failed">
        <span>{t("engine.failed")}</span>
        <button type="button" class="plain" onClick={() => engine.start()}>{t("engine.retry")}</button>
      </span>);
  }
  if (state !== "live") {
    const { got, total, seconds } = waiting.value;
    const files = runtimeFiles.map(({ name, bytes }) => t("engine.file", { name, kb: Math.round((progress.value[name] ?? 0) / 1000), total: Math.round(bytes / 1000) }));
    return (
      <span class="engine" role="status" title={files.join("\n")}>
        <progress max={total} value={got} aria-label={t("engine.loading")} />
        <span>{silent.value ? t("engine.silent") : !isRecording.value ? t(engine.state === "live" ? "engine.training" : "engine.restarting") : got >= total ? t("engine.starting")
          : t(seconds === null ? "engine.loadingNote" : "engine.loadingTime", { mb: mega(got), total: mega(total), time: duration(seconds) })}</span>
      </span>);
  }
  const learning = !trace.value.done || catchingUp.value || running.value;
  return (
    <span class={learning ? "engine live busy" : "engine live"} title={t("engine.liveNote")} role="status">
      {isRecording.value ? t("engine.recording") : learning ? t("engine.training") : t("engine.live")}
    </span>);
}
