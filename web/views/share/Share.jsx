// What is shared: the page as it stands, as a link that may show less and ask something, and what is on the screen, as files.

import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { link } from "../../core/address.js";
import { draft, MOST_LETTERS } from "../../core/handed.js";
import { t } from "../../core/i18n.js";
import { projector, theme } from "../../core/state.js";
import { addressOf } from "./addressOf.js";
import { Choose } from "./Choose.jsx";
import { CopyBox } from "./CopyBox.jsx";
import { QrCode } from "./QrCode.jsx";
import { TakeAway } from "./TakeAway.jsx";

const LONG_LINK = 2000;                                 // some messengers and school portals cut what is longer
const HERE_ALONE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export function Share() {
  // What is said here is said in the link, and changes nothing on this page.
  const question = draft.question.value.trim();
  const view = {
    hide: [...draft.hidden.value].join(",") || null,
    question: question || null,
    answer: (question && draft.answer.value.trim()) || null,
    ...(!draft.look.value && { theme: null, projector: null }),
  };
  const address = addressOf(link(view));
  const file = location.protocol === "file:";
  const local = HERE_ALONE.test(location.hostname);
  return (
    <div class="share">
      <section>
        <CopyBox name="share.link" text={address} rows={address.length > 160 ? 4 : 2} />
        {(projector.value || theme.value) && (
          <p><label><input type="checkbox" data-share="look" checked={draft.look.value} onChange={(event) => { draft.look.value = event.currentTarget.checked; }} /> {t("share.look")}</label></p>)}
        {(file || local) && <p class="warning">{t(file ? "share.file" : "share.local")}</p>}
        {address.length > LONG_LINK && <p class="warning">{t("share.long", { letters: address.length })}</p>}
        {(view.hide || view.question) && <p class="note"><a href={address} target="_blank" rel="noopener">{t("share.try")}</a></p>}
      </section>
      <Part name="question"><Question {...draft} /></Part>
      <Part name="choose"><Choose hidden={draft.hidden} /></Part>
      <Part name="qr">{file ? <p class="note">{t("share.qr.file")}</p> : <><QrCode text={address} />{local && <p class="note">{t("share.qr.local")}</p>}</>}</Part>
      <Part name="embed">
        {file ? <p class="note">{t("share.embed.file")}</p> : <>
          <CopyBox name="share.embed.code" text={embedCode(addressOf(link({ ...view, frame: 1 })))} rows={4} />
          <p class="note">{t("share.embed.note")}</p>
        </>}
      </Part>
      <TakeAway />
    </div>);
}

/** One thing more that can be done, folded away until it is wanted. */
function Part({ name, children }) {
  const open = useSignal(false);
  return (
    <details class="part" data-part-of-share={name} onToggle={(event) => { open.value = event.currentTarget.open; }}>
      <summary>{t(`share.${name}`)}</summary>
      {open.value && children}
    </details>);
}

function Question({ question: asked, answer: told }) {
  const id = useId();
  const box = (name, text) => (
    <>
      <label for={`${id}-${name}`}>{t(`share.question.${name}`)}</label>
      <textarea id={`${id}-${name}`} rows={2} maxLength={MOST_LETTERS} value={text.value} onInput={(event) => { text.value = event.currentTarget.value; }} />
    </>);
  return (
    <div class="ask">
      {box("ask", asked)}
      {box("tell", told)}
      <p class="note">{t("share.question.note")}</p>
    </div>);
}

const inAttribute = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

const embedCode = (address) => `<iframe src="${inAttribute(address)}" title="${inAttribute(t("title"))}" width="100%" height="720" `
  + 'style="border: 1px solid #ccc" loading="lazy" allow="clipboard-write"></iframe>';
