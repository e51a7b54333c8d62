// What an update goes by. All of it may be changed while the run goes on; the run remembers when.

import { t } from "../../core/i18n.js";
import { inForce } from "../../core/moment.js";
import { schema, wanted } from "../../core/state.js";
import { doneNow } from "../../core/training.js";
import { NumberField } from "../fields.jsx";

const ORDER = ["learning_rate", "clip_norm", "weight_decay", "batch_size"];

export function Settings() {
  const now = { ...wanted.value, ...inForce(wanted.value, doneNow()) };
  return (
    <>
      <p class="note">{t(doneNow() > 0 ? "train.goesOn" : "train.fromStart")}</p>
      {ORDER.filter((name) => schema.changeable.includes(name)).map((name) => <NumberField key={name} field={name} value={now[name]} />)}
      <p class="note">{t("train.restarts")}</p>
    </>
  );
}
