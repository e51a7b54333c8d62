// The address holds the experiment and the view; it follows the page, and the page follows it.

import { batch, effect } from "@preact/signals";
import { lang, LANGUAGES, preferredLanguage, speak } from "./i18n.js";
import { answer, framed, hidden, question, takeHanded } from "./handed.js";
import { decode, decodeBeside, encode, encodeBeside } from "./link.js";
import { mended, ownQuery } from "./mending.js";
import { change, engine, here, request } from "./requests.js";
import { beside, defaultsOf, isRecording, linkNotes, linkRefused, measured, named, pointed, pointedAt, projector, puzzle, puzzleNumber,
  refused, room, ROOMS, same, schema, selection, theme, THEMES, trace, wanted } from "./state.js";

const REST_MS = 400;                                    // browsers refuse more than about a hundred changes in half a minute

// What the address holds: its text, and the place (room and experiment) it stands for.
const hash = {};
// As the browser spells it. If it is another one, the visitor has just gone there, and its event is still to come.
let standing = location.hash;

/** The hash of the page as it stands, or with some of its view otherwise. */
export function link(view = {}) {
  const at = pointedAt.value ?? selection.value;
  const place = same(at, schema.selection) ? {} : at;
  const experiment = trace.value.done && !isRecording.value ? trace.value.experiment : wanted.value;
  return encode(experiment, {
    room: room.value === "forward" ? null : room.value,
    ...place,
    lang: lang.value === preferredLanguage() ? null : lang.value,
    theme: theme.value,
    projector: projector.value ? 1 : null,
    puzzle: puzzle.value,
    measured: puzzle.value === null ? null : measured.value,
    beside: encodeBeside(beside.value, experiment, schema.link),
    hide: [...hidden.value].join(",") || null,
    frame: framed.value ? 1 : null,
    question: question.value,
    answer: answer.value,
    ...view,
  }, { ...defaultsOf(experiment.task), task: schema.defaults.task }, schema.link);
}

/**
 * What a way back leads to: another room or experiment; a moved selection is none. In the Train room neither is a moment of the
 * run: there would be hundreds.
 */
const placeNow = () => JSON.stringify([room.value, { ...wanted.value, ...(room.value === "train" ? { updates: null } : {}) }]);

/** Begin: boot Python, ask for what the link says, and keep the address in step with the page from then on. */
export function begin() {
  // A link that had become a query stands behind the # from now on, so that the address says one thing.
  const query = "query" in linkNotes.value ? ownQuery(location.search) : location.search;
  // A run that Python knows from when the page was built is not shown beyond what the link asks for.
  const first = request({}, undefined, { from: wanted.value.updates }).catch(async () => {
    // The link asks for something that does not exist. Say so, and show the default, live.
    const reason = refused.value;
    await engine.run(schema.defaults, here(selection.value));
    refused.value = reason;
    linkRefused.value = reason;
  });
  engine.start();
  hash.place = placeNow();
  let timer = null;
  let due = null;                                       // the place that the timer is to write
  const write = () => {
    timer = null;
    const text = link();
    if (text === hash.written || refused.value || !trace.value.done || location.hash !== standing) return;
    // While Python works at something else, what is on the screen is no longer what was asked for; its frame will be. Or
    // it has just told the last of this one, and it will soon be heard that it was the last.
    if (!isRecording.value && (engine.request || engine.current)) { timer = setTimeout(write, REST_MS); return; }
    const address = `${location.pathname}${query}${text ? `#${text}` : ""}`;
    const place = placeNow();
    if (place !== hash.place) {
      history.pushState(null, "", address);
      linkNotes.value = {};                             // what was said of the link is not true of another place
    } else history.replaceState(null, "", address);
    hash.written = text;
    hash.place = place;
    standing = location.hash;
  };
  effect(() => {
    link();
    const place = placeNow();
    // A selection that moves on and on, as in the opening, does not put off what it moves through.
    if (timer !== null && place !== hash.place && place === due) return;
    due = place;
    clearTimeout(timer);
    timer = setTimeout(write, REST_MS);
  });
  addEventListener("hashchange", () => {
    const text = location.hash.replace(/^#/, "");
    standing = location.hash;
    if (text === hash.written) return;
    hash.written = text;
    const { experiment, view } = decode(location.hash, schema.link);
    batch(() => {
      room.value = named(ROOMS, view.room, "forward");
      theme.value = named(THEMES, view.theme, null);
      projector.value = view.projector === "1";
      puzzle.value = puzzleNumber(view.puzzle);
      measured.value = view.measured || null;
      beside.value = decodeBeside(view.beside, { ...defaultsOf(experiment.task), ...experiment }, schema.link);
      framed.value = view.frame === "1";
      takeHanded(view);
      speak(named(LANGUAGES, view.lang, preferredLanguage()));
      linkNotes.value = mended(location.hash, schema.link).notes;
    });
    pointedAt.value = pointed(view);
    change(experiment, defaultsOf(experiment.task), { beside: beside.value }).then(() => { linkRefused.value = refused.value; });
    hash.place = placeNow();
  });
  return first;
}
