// The page: views around one state. What is computed is computed by Python; see core/engine.js and python/.

import "katex/dist/katex.min.css";
import "./styles/main.css";

import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { changes } from "./core/edits.js";
import { bringAllWords, lang, t } from "./core/i18n.js";
import "./core/keep.js";                                // a training may begin in any room
import { openLab } from "./core/lab.js";
import { shown } from "./core/painted.js";
import { bringAll, Part } from "./core/part.js";
import { opening } from "./core/player.js";
import { listen } from "./core/shortcuts.js";
import { engineState, isRecording, projector, puzzle, room, shownTheme, spoken, touched } from "./core/state.js";
import { lesson } from "./core/tour.js";
import { isLow, onPaper, onPhone } from "./core/window.js";
import { DamageNote } from "./views/break/DamageNote.jsx";
import { Caption } from "./views/Caption.jsx";
import { CheckReport } from "./views/Check.jsx";
import { Coming } from "./views/Coming.jsx";
import { Controls } from "./views/Controls.jsx";
import { Diagram } from "./views/Diagram.jsx";
import { focusNext, keepFocus } from "./views/focus.js";
import { Glossary } from "./views/Glossary.jsx";
import { Header } from "./views/Header.jsx";
import { Help, HelpButton, openHelp } from "./views/Help.jsx";
import { Inspector } from "./views/Inspector.jsx";
import { Legend } from "./views/Legend.jsx";
import { ChangesNote } from "./views/ChangesNote.jsx";
import { NumberTable } from "./views/NumberTable.jsx";
import { Growth } from "./views/Growth.jsx";
import { Hovered, PlayBar } from "./views/PlayBar.jsx";
import { listenForPaper } from "./views/paper.js";
import { Reach } from "./views/Reach.jsx";
import { Arrival } from "./views/share/Arrival.jsx";
import { Handed } from "./views/share/Handed.jsx";
import { headline, origin } from "./views/share/origin.js";
import { ShareDialog } from "./views/share/ShareDialog.jsx";
import { AboutDialog, Footer } from "./views/about/Footer.jsx";
import { NewVersion } from "./views/about/NewVersion.jsx";
import { controlsOpen, resize, sheet } from "./views/sheet.js";
import { SourceDialog } from "./views/SourceDialog.jsx";
import { Spoken } from "./views/Spoken.jsx";
import { Tour } from "./views/Tour.jsx";
import { Trouble } from "./views/Trouble.jsx";
import "./views/press.js";
import { Score } from "./views/Score.jsx";
import { LinkNote, RefusedNote } from "./views/Told.jsx";
import { bringTypesetter } from "./views/typesetter.js";

const PARTS = {
  train: new Part("views/train/room.js", () => import("./views/train/room.js")),
  break: new Part("views/break/room.js", () => import("./views/break/room.js")),
};
effect(() => { PARTS[room.value]?.want(); });
const DRAWN_PX = 30;
const whole = signal(false);                            // the picture comes first, what stands around it right after

function Page() {
  const middle = useRef(null);
  useLayoutEffect(() => {
    // What paper enlarges or reduces to its own width.
    const observer = new ResizeObserver(([{ contentRect }]) => { if (!onPaper.value) middle.current.style.setProperty("--main", contentRect.width); });
    observer.observe(middle.current);
    return () => observer.disconnect();
  }, []);
  const part = PARTS[room.value];
  const own = part?.module.value;                       // what such a room is made of
  const breaking = room.value === "break";
  const training = room.value === "train";
  const missing = part && !own;
  const around = whole.value && !missing;
  const showsText = training && own?.showsText.value;
  const covered = onPhone.value && controlsOpen.value;  // what the experiment's sheet lies over
  const close = () => { if (controlsOpen.value) focusNext(puzzle.value === null ? ".open-controls" : ".puzzle h2"); controlsOpen.value = false; };
  // A phone has it at the lower edge, with the way to the experiment.
  const bar = (controls) => (
    <div class={controls ? "under" : "under alone"} inert={covered}>
      {controls}
      <button type="button" class="open-controls" aria-expanded={controlsOpen.value}
        onClick={() => { focusNext(".left .close"); controlsOpen.value = true; }}>{t(!breaking ? "controls.open" : puzzle.value === null ? "break.open" : "puzzle.suspects")}</button>
    </div>);
  return (
    <>
      <a class="skip" href="#picture" onClick={(event) => { event.preventDefault(); (document.getElementById("picture") ?? document.querySelector("main")).focus(); }}>{t("skip")}</a>
      <Header />
      {onPaper.value && <p class="printed">{headline()}. {t("take.from", { link: origin() })}</p>}
      <div class="rooms">
        <aside class={controlsOpen.value ? "left open" : "left"} aria-label={t("controls.label")}>
          {around && (breaking ? <own.BreakLeft onClose={close} /> : <Controls onClose={close} />)}
        </aside>
        <main tabIndex={-1} ref={middle}>
          <NewVersion />
          <Trouble />
          <Handed />
          <LinkNote />
          <RefusedNote />
          {missing ? <Coming part={part} /> : breaking ? <>{bar(null)}<own.BreakCentre /></> : <>
            <DamageNote />
            {lesson.value ? <Tour /> : changes.value ? <ChangesNote /> : !training && <Caption />}
            {training && <own.Train bar={bar(<own.TrainBar />)} />}
            {!showsText && <Score />}
            {training && <own.Setup />}
            {!training && bar(<><PlayBar /><HelpButton /></>)}
            {around && <>
              {!showsText && <><Hovered /><Legend /></>}
              <Reach />
              <Growth />
              {!showsText && <NumberTable />}
            </>}
          </>}
          {around && <Footer />}
        </main>
        <aside class={`right ${sheet.value}${isLow.value || training ? " line" : ""}${around ? "" : " coming"}`} inert={covered} aria-label={t("details.label")}>
          <Grips />
          {around && (breaking ? <own.BreakRight /> : <><CheckReport />{training ? <own.Spread /> : <Diagram />}<Inspector /></>)}
        </aside>
      </div>
      <Spoken />
      {whole.value && <>
        <ShareDialog />
        <Arrival />
        <AboutDialog />
        <SourceDialog />
        <Glossary />
        <Help />
      </>}
    </>
  );
}

/** The sheet's two buttons. It can be drawn up and down by them as well. */
function Grips() {
  const from = useRef(null);
  const button = (by, label, end, sign) => (
    <button type="button" aria-label={t(label)} disabled={sheet.value === end} onClick={() => resize(by)}>{sign}</button>);
  return (
    <div class="grips" onPointerDown={(event) => { from.current = event.clientY; }}
      onPointerUp={(event) => { if (Math.abs(event.clientY - from.current) > DRAWN_PX) resize(event.clientY < from.current ? 1 : -1); }}>
      {button(-1, "sheet.less", "peek", "▾")}{button(1, "sheet.more", "full", "▴")}
    </div>);
}

effect(() => {
  const root = document.documentElement;
  root.lang = lang.value;
  root.dataset.theme = shownTheme.value;
  root.toggleAttribute("data-projector", projector.value);
  root.dataset.engine = isRecording.value && engineState.value === "live" ? "loading" : engineState.value;
  document.title = t("title");
});

// The opening sentence leaves at the first touch, but not from under the finger that touches its own button.
for (const type of ["pointerdown", "keydown"]) {
  addEventListener(type, (event) => { if (!event.target.closest?.(".caption")) touched.value = true; });
}

listen(openHelp);
keepFocus();
listenForPaper();
const root = document.getElementById("page");
root.replaceChildren();                                 // what stands there in case this script does not start
spoken.then(() => {                                     // at once, unless the words of its language must be loaded first
  if (!touched.value) opening();
  render(<Page />, root);
  bringTypesetter();
  openLab();
  shown().then(() => { whole.value = true; });
});
// Python comes first. Where it does not come, the rooms are of use all the same.
const stop = effect(() => {
  if (["live", "failed"].includes(engineState.value)) setTimeout(async () => {
    stop();
    document.documentElement.toggleAttribute("data-complete", await bringAll() && await bringAllWords());
  });
});
