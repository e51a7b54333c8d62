// After an edit: what the picture shows now, and the way back to the values.

import { dismissChanges, showChanges, undo } from "../core/edits.js";
import { t } from "../core/i18n.js";

export function ChangesNote() {
  return (
    <p class="changes" role="status">
      <span>{t(showChanges.value ? "changes.shown" : "changes.hidden")}</span>
      <button type="button" class="plain" aria-pressed={showChanges.value} onClick={() => { showChanges.value = !showChanges.value; }}>
        {t(showChanges.value ? "changes.values" : "changes.changes")}</button>
      <button type="button" class="plain" aria-keyshortcuts="Control+Z Meta+Z" title={t("controls.undoKeys")} onClick={() => { undo(); dismissChanges(); }}>{t("controls.undo")}</button>
      <button type="button" class="plain" onClick={dismissChanges}>{t("changes.dismiss")}</button>
    </p>
  );
}
