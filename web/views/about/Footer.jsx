// The last line of the page: what it is, in which version. It opens the dialog that says more, which is loaded on demand.

import { signal } from "@preact/signals";
import { t } from "../../core/i18n.js";
import { Part } from "../../core/part.js";
import { version } from "../../core/version.js";
import { Coming } from "../Coming.jsx";
import { Dialog } from "../Dialog.jsx";

const open = signal(false);
const part = new Part("views/about/About.jsx", () => import("./About.jsx"));

export const Footer = () => (
  <footer class="foot">
    <button type="button" class="plain" aria-haspopup="dialog" onClick={() => { open.value = true; }}>{t("about.button", version)}</button>
  </footer>);

export function AboutDialog() {
  const { About } = part.module.value ?? {};
  return open.value && (
    <Dialog title={t("about.title")} onClose={() => { open.value = false; }}>
      {About ? <About /> : <Coming part={part} />}
    </Dialog>);
}
