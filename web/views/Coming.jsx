// What stands where a part of the page has not come yet: a word, or, where it does not come, a sentence and a button.

import { useEffect } from "preact/hooks";
import { t } from "../core/i18n.js";

/** @param failed  the sentence's key */
export function Coming({ part, failed = "part.failed" }) {
  useEffect(() => { part.want(); }, [part]);
  if (!part.failed.value) return <p class="note" role="status">{t("part.coming")}</p>;
  return (
    <p class="part-failed" role="alert">{t(failed)}{" "}
      <button type="button" onClick={() => part.again()}>{t("engine.retry")}</button></p>);
}
