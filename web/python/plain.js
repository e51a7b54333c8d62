// The plain recipe: Pyodide, NumPy's and py_lstm's wheels, and the page's own Python beside them.

import break_room from "./break_room.py";
import bridge from "./bridge.py";
import captions from "./captions.py";
import ownNumbers from "./own_numbers.py";
import questions from "./questions.py";
import reachRnn from "./reach_rnn.py";
import runs from "./runs.py";
import takeAway from "./take_away.py";
import textRoom from "./text_room.py";
import trainRoom from "./train_room.py";

const MODULES = { "bridge.py": bridge, "break_room.py": break_room, "captions.py": captions, "own_numbers.py": ownNumbers,
  "questions.py": questions, "reach_rnn.py": reachRnn, "runs.py": runs, "take_away.py": takeAway, "text_room.py": textRoom, "train_room.py": trainRoom };

/** @param options  loadPyodide's, which say where its files are */
export async function startPlain(loadPyodide, options) {
  const python = await loadPyodide({ packages: ["py_lstm"], ...options });
  const folder = python.runPython("import site; site.getsitepackages()[0]");
  for (const [name, text] of Object.entries(MODULES)) python.FS.writeFile(`${folder}/${name}`, text);
  python.runPython("import importlib; importlib.invalidate_caches()");
  return python;
}
