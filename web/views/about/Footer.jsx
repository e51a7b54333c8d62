// The last line of the page: what it is, in which version. It opens the dialog that says more, which is loaded on demand.

import { signal } from "@preact/signals";
import { t } from "../../core/i18n.js";
import { version } from "../../core/version.js";
import { Dialog } from "../Dialog.jsx";

const open = signal(false);
const content = signal(null);                           // the dialog's component, or what kept it from coming

async function openAbout() {
  open.value = true;
  if (content.value) return;
  const { About } = await import("./About.jsx").catch(() => ({ About: null }));
  content.value = { Content: About ?? NotThere };
}

const NotThere = () => <p role="alert">{t("share.notThere")}</p>;

export const Footer = () => (
  <footer class="foot">
    <button type="button" class="plain" aria-haspopup="dialog" onClick={openAbout}>{t("about.button", version)}</button>
  </footer>);

export function AboutDialog() {
  const { Content } = content.value ?? {};
  return open.value && (
    <Dialog title={t("about.title")} onClose={() => { open.value = false; if (Content === NotThere) content.value = null; }}>
      {Content ? <Content /> : <p role="status">{t("share.loading")}</p>}
    </Dialog>);
}
