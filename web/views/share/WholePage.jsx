// In a frame: the way to the page in a tab of its own, at the same place.

import { link } from "../../core/address.js";
import { framed } from "../../core/handed.js";
import { t } from "../../core/i18n.js";
import { addressOf } from "./addressOf.js";

export const WholePage = () => framed.value && (
  <a class="plain whole-page" target="_blank" rel="noopener" href={addressOf(link({ frame: null }))}>{t("handed.whole")}</a>);
