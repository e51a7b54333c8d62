// Which py_lstm this is, and which build of the page.

import { runtime } from "./place.js";

export const { version } = runtime;                     // {number, build}
