// The share dialog, which is loaded when somebody asks for it.

import { signal } from "@preact/signals";
import { t } from "../../core/i18n.js";
import { Dialog } from "../Dialog.jsx";

const open = signal(false);
const content = signal(null);                           // the dialog's component, or what kept it from coming

export async function openShare() {
  open.value = true;
  if (content.value && content.value !== NotThere) return;
  content.value = null;
  const { Share } = await import("./Share.jsx").catch(() => ({ Share: NotThere }));
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
