// The page's address, to be copied.

import { useSignal } from "@preact/signals";
import { t } from "../../core/i18n.js";

export function CopyLink() {
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
  return <section><button type="button" onClick={copy}>{t(said.value)}</button></section>;
}
