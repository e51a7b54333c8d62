// The share dialog, which is loaded when somebody asks for it.

import { signal } from "@preact/signals";
import { t } from "../../core/i18n.js";
import { pause } from "../../core/player.js";
import { Part } from "../../core/part.js";
import { Coming } from "../Coming.jsx";
import { Dialog } from "../Dialog.jsx";

const open = signal(false);
const part = new Part("views/share/Share.jsx", () => import("./Share.jsx"));

// The link is of the page as it stands: what plays rests from then on.
export const openShare = () => { pause(); open.value = true; };

export function ShareDialog() {
  const { Share } = part.module.value ?? {};
  return open.value && (
    <Dialog title={t("share.title")} onClose={() => { open.value = false; }}>
      {Share ? <Share /> : <Coming part={part} />}
    </Dialog>);
}
