// The way to the share dialog, which is loaded when somebody asks for it.

import { signal } from "@preact/signals";
import { t } from "../../core/i18n.js";
import { Dialog } from "../Dialog.jsx";

const open = signal(false);
const content = signal(null);                           // the dialog's component, or what kept it from coming

export async function openShare() {
  open.value = true;
  if (typeof content.value === "function") return;
  const { Share } = await import("./Share.jsx").catch(() => ({ Share: NotThere }));
  // A component is a function, which a signal's setter would take as any other value.
  content.value = Share;
}

const NotThere = () => <p role="alert">{t("share.notThere")}</p>;

export function ShareDialog() {
  const Content = content.value;
  return open.value && (
    <Dialog title={t("share.title")} onClose={() => { open.value = false; }}>
      {Content ? <Content /> : <p role="status">{t("share.loading")}</p>}
    </Dialog>);
}
