// Where everything in the picture stands: a pure function from shapes to boxes. Painting, pointing, keys and the play
// head all read it, so they cannot disagree.

// The gates stand in the order of their equations, here as in the diagram and wherever else there are four of them. Both rooms
// have the same places; a derivative stands where its quantity stood.
const ROOMS = {
  forward: {
    input: { quantity: "x", mark: "bar" },
    units: [["f", "opening"], ["i", "opening"], ["g", "value"], ["o", "opening"], ["c", "value"], ["h", "value"]],
    output: { quantity: "y", mark: "line" },
    strip: { quantity: "dc", mark: "value" },
  },
  backward: {
    input: { quantity: "dx", mark: "value" },
    units: [["dz_f", "value"], ["dz_i", "value"], ["dz_g", "value"], ["dz_o", "value"], ["dc", "value"], ["dh", "value"]],
    output: { quantity: "dy", mark: "bar" },
    strip: { quantity: "f", mark: "opening" },
  },
  // Beside its curves a training has room for what tells the story, and the answers come first: many units reach below the window.
  train: {
    input: { quantity: "x", mark: "bar" },
    units: [["f", "opening"], ["i", "opening"], ["o", "opening"], ["c", "value"]],
    output: { quantity: "y", mark: "line" },
    outputFirst: true,
  },
};

// Two of them stand side by side.
ROOMS.break = { ...ROOMS.forward, strip: null };
// Other cells there.
ROOMS.rnn = { ...ROOMS.break, units: [["h", "value"]] };
ROOMS.gru = { ...ROOMS.break, units: [["r", "opening"], ["z", "opening"], ["n", "value"], ["h", "value"]] };

// Where every step reads one symbol, one row has room for it: its letter, or the derivative of the input that was 1.
const SYMBOLS = { forward: { quantity: "x", mark: "symbol" }, backward: { quantity: "dx", mark: "value" } };
// Where the answer is one of several: a row for each, or, if they are many, the most probable one and the right one.
const CLASSES = { forward: { quantity: "p", mark: "share" }, backward: { quantity: "dy", mark: "value" } };
const MANY = { forward: { quantity: "p", mark: "guess" }, backward: { quantity: "dy", mark: "value" } };
const MOST_CLASSES = 12;

const INPUT_ROW = 18;
const GROUP_GAP = 13;                                   // a name stands in it
const OUTPUT_HEIGHT = 44;
const AXIS = 22;
const NAMED_GAP = 1.2;                                  // larger names of rows stand between them
const HIGHEST_ROW = 34;
const WIDEST_COLUMN = 80;
const MOST_NUMBERED = 6;                                // units whose rows are as high as `minRow`
const NEARLY = 0.9;

/**
 * @param shape  {T, I, H, O, read, guess, answer}: steps, inputs, hidden units, outputs; by step, the input that is read, the
 *               output that is the most probable and the right one (from 1), where there are such
 * @param room   "forward", "backward", "train" or "break", or another cell, "rnn" or "gru"
 * @param space  {width, height, size, minRow}: what there is, and how high a row of a few units is at least; the picture may become wider (it scrolls) or higher, its columns never much narrower
 *               than `minColumn`. What holds letters is `size` times as high, for a projector
 */
export function layout({ T, I, H, O = 1, read, guess, answer }, room, { width, height, minColumn = 9, minRow = 4, size = 1 }) {
  const plan = ROOMS[room];
  const side = room === "backward" ? "backward" : "forward";
  const input = read ? { ...SYMBOLS[side], rows: 1, row: (INPUT_ROW + 2) * size, unitAt: read } : { ...plan.input, rows: I, row: INPUT_ROW * size };
  const several = { ...CLASSES[side], rows: O, row: Math.max(10, Math.min(16, Math.floor(96 / O))) };
  const many = { ...MANY[side], rows: 1, row: (side === "forward" ? OUTPUT_HEIGHT : INPUT_ROW) * size, unitAt: side === "forward" ? guess : answer };
  const output = !guess ? { ...plan.output, rows: O, row: OUTPUT_HEIGHT } : O <= MOST_CLASSES ? several : many;
  const groupGap = GROUP_GAP * (size > 1 ? NAMED_GAP * size : 1);
  const gaps = groupGap * (plan.units.length + 3) + 10;
  const free = height - input.rows * input.row - output.rows * output.row - AXIS * size - gaps;
  const rowHeight = Math.max(H > 24 ? 2 : H > MOST_NUMBERED ? 4 : minRow, Math.min(HIGHEST_ROW, Math.floor(free / (H * (plan.units.length + 1)))));
  // A picture that is a few pixels too wide would only wobble under a finger: a little narrower, it fits.
  const fitting = Math.floor(width / T);
  const column = Math.max(fitting >= NEARLY * minColumn ? fitting : minColumn, Math.min(WIDEST_COLUMN, fitting));

  const groups = [];
  let y = 0;
  const add = (quantity, mark, rows, height, gap, unitAt) => {
    groups.push({ quantity, mark, rows, y, rowHeight: height, height: rows * height, ...(unitAt ? { unitAt } : {}) });
    y += rows * height + gap;
  };
  add(input.quantity, input.mark, input.rows, input.row, groupGap + 4, input.unitAt);
  const addOutput = () => add(output.quantity, output.mark, output.rows, output.row, groupGap + 6, output.unitAt);
  if (plan.outputFirst) addOutput();
  for (const [quantity, mark] of plan.units) add(quantity, mark, H, rowHeight, groupGap);
  if (!plan.outputFirst) addOutput();
  if (plan.strip) add(plan.strip.quantity, plan.strip.mark, H, rowHeight, 4);
  return { T, column, width: T * column, height: y + AXIS * size, axis: y, size, groups };
}

// Steps on the way stand where what they lead to stands.
const standIn = (quantity, picture) => {
  const plain = quantity.replace(/^z_/, "").replace(/^tanh_/, "").replace(/_via_\w+$/, "");
  // Where there are classes their probabilities stand for the logits that they are made of.
  return (plain === "y" || plain === "target") && picture?.groups.some((g) => g.quantity === "p") ? "p" : plain;
};

/** The box of one number, or null where the picture has none. */
export function boxOf(picture, { t, unit, quantity }) {
  const group = picture.groups.find((g) => g.quantity === quantity) ?? picture.groups.find((g) => g.quantity === standIn(quantity, picture));
  const row = group?.unitAt ? 1 : unit;                 // one row has the numbers of whichever unit matters at a step
  if (!group || row > group.rows || t > picture.T) return null;
  return { x: (t - 1) * picture.column, y: group.y + (row - 1) * group.rowHeight,
    width: picture.column, height: group.rowHeight };
}

/** The number whose box is at (x, y), or the nearest one above or below it. */
export function numberAt(picture, x, y) {
  const t = Math.min(picture.T, Math.max(1, Math.floor(x / picture.column) + 1));
  const distance = (g) => Math.max(g.y - y, y - (g.y + g.height - 1), 0);
  const group = picture.groups.reduce((best, g) => (distance(g) < distance(best) ? g : best));
  const unit = group.unitAt?.[t - 1] ?? Math.min(group.rows, Math.max(1, Math.floor((y - group.y) / group.rowHeight) + 1));
  return { t, unit, quantity: group.quantity };
}

/** The number `rows` below (or above) the given one, through all groups. */
export function rowsAway(picture, { t, unit, quantity }, rows) {
  const all = picture.groups.flatMap((g) => Array.from({ length: g.rows }, (_, k) => ({ quantity: g.quantity, unit: g.unitAt?.[t - 1] ?? k + 1 })));
  const here = standIn(quantity, picture);
  const single = picture.groups.some((g) => g.quantity === here && g.unitAt);
  const now = all.findIndex((row) => row.quantity === here && (single || row.unit === unit));
  const next = all[Math.min(all.length - 1, Math.max(0, (now < 0 ? 0 : now) + rows))];
  return { t, ...next };
}

/**
 * The quantity that stands in `room` where `quantity` stands in a room of the other direction; the strips show the other
 * room's own.
 */
export function counterpart(quantity, room) {
  const list = ({ input, units, output }) => [input.quantity, ...units.map(([name]) => name), output.quantity];
  const [from, to] = room === "backward" ? ["forward", "backward"] : ["backward", "forward"];
  const place = list(ROOMS[from]).indexOf(quantity === "p" ? "y" : quantity);
  return place < 0 ? quantity : list(ROOMS[to])[place];
}
