// Why Python did not start, where it can be read, what helps, and what is seen meanwhile.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { t } from "../core/i18n.js";
import { wholePage } from "../core/place.js";
import { refusal } from "../core/refusal.js";
import { engineState, isRecording, trouble } from "../core/state.js";

const OF_FILES = ["status", "other", "led", "cut", "unreached"];       // see python/download.js

export function Trouble() {
  const failed = engineState.value === "failed" && trouble.value;
  return failed && <Told {...failed} />;
}

function Told(why) {
  const whole = useSignal(null);                        // the page in one file, where that stands beside this one
  useEffect(() => { wholePage().then((address) => { whole.value = address; }); }, []);
  const ofFiles = OF_FILES.includes(why.code);
  return (
    <div class="trouble" role="alert">
      <p>{refusal(why)}</p>
      <p>{t(ofFiles ? "trouble.files" : "trouble.again")}{" "}
        {ofFiles && (whole.value ? <a href={whole.value + location.hash}>{t("trouble.open")}</a> : t("trouble.ask"))}</p>
      <p>{t(isRecording.value ? "trouble.recording" : "trouble.last")}</p>
    </div>
  );
}
