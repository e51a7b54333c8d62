// A way to docs/, the pages made from the package's docstrings.

import { lang, t } from "../core/i18n.js";

/** In the visitor's language. A single file on a stick comes without these pages. */
export const DocumentationLink = ({ page, text }) => location.protocol !== "file:" && (
  <a class="plain" href={`docs/${page}${lang.value === "en" ? "" : `.${lang.value}`}.html`}>{t(text)}</a>);
