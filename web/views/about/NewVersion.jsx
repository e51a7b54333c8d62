// Says that a newer page than this one is there. Nothing changes under the visitor's hands before they say so.

import { useSignal } from "@preact/signals";
import { t } from "../../core/i18n.js";
import { newVersion, takeNewVersion } from "../../core/offline.js";

export function NewVersion() {
  const later = useSignal(null);                        // what the visitor has put off
  const what = newVersion.value;
  if (!what || what === later.value) return null;
  return (
    <div class="new-version" role="status">
      <p>{t(`newVersion.${what}`)}</p>
      {what !== "coming" && (
        <>
          <button type="button" onClick={takeNewVersion}>{t("newVersion.take")}</button>
          <button type="button" class="plain" onClick={() => { later.value = what; }}>{t("newVersion.later")}</button>
        </>
      )}
    </div>
  );
}
