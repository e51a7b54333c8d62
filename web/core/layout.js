// Where everything in the picture stands: a pure function from shapes to boxes. Painting, pointing, keys and the play
// head all read it, so they cannot disagree.

// Both rooms have the same places; a derivative stands where its quantity stood.
const ROOMS = {
  forward: {
    input: { quantity: "x", mark: "bar" },
    units: [["f", "opening"], ["i", "opening"], ["o", "opening"], ["g", "value"], ["c", "value"], ["h", "value"]],
    output: { quantity: "y", mark: "line" },
    strip: { quantity: "dc", mark: "value" },
  },
  backward: {
    input: { quantity: "dx", mark: "value" },
    units: [["dz_f", "value"], ["dz_i", "value"], ["dz_o", "value"], ["dz_g", "value"], ["dc", "value"], ["dh", "value"]],
    output: { quantity: "dy", mark: "bar" },
    strip: { quantity: "f", mark: "opening" },
  },
};

const INPUT_ROW = 18;
const OUTPUT_HEIGHT = 44;
const AXIS = 22;

/**
 * @param shape  {T, I, H}: steps, inputs, hidden units
 * @param room   "forward" or "backward"
 * @param space  {width, height}: what there is; the picture may become wider (it scrolls) or higher, never narrower columns
 *               than `minColumn`
 */
export function layout({ T, I, H }, room, { width, height, minColumn = 9 }) {
  const plan = ROOMS[room];
  const groupGap = H > 6 ? 9 : 12;
  const gaps = groupGap * (plan.units.length + 3) + 10;
  const free = height - I * INPUT_ROW - OUTPUT_HEIGHT - AXIS - gaps;
  const rowHeight = Math.max(H > 24 ? 2 : 4, Math.min(22, Math.floor(free / (H * (plan.units.length + 1)))));
  const column = Math.max(minColumn, Math.min(64, Math.floor(width / T)));

  const groups = [];
  let y = 0;
  const add = (quantity, mark, rows, height, gap) => {
    groups.push({ quantity, mark, rows, y, rowHeight: height, height: rows * height });
    y += rows * height + gap;
  };
  add(plan.input.quantity, plan.input.mark, I, INPUT_ROW, groupGap + 4);
  for (const [quantity, mark] of plan.units) add(quantity, mark, H, rowHeight, groupGap);
  add(plan.output.quantity, plan.output.mark, 1, OUTPUT_HEIGHT, groupGap + 6);
  add(plan.strip.quantity, plan.strip.mark, H, rowHeight, 4);
  return { T, column, width: T * column, height: y + AXIS, axis: y, groups };
}

// Steps on the way stand where what they lead to stands.
const standIn = (quantity) => quantity.replace(/^z_/, "").replace(/^tanh_/, "").replace(/_via_\w+$/, "");

/** The box of one number, or null where the picture has none. */
export function boxOf(picture, { t, unit, quantity }) {
  const group = picture.groups.find((g) => g.quantity === quantity) ?? picture.groups.find((g) => g.quantity === standIn(quantity));
  if (!group || unit > group.rows || t > picture.T) return null;
  return { x: (t - 1) * picture.column, y: group.y + (unit - 1) * group.rowHeight,
    width: picture.column, height: group.rowHeight };
}

/** The number whose box is at (x, y), or the nearest one above or below it. */
export function numberAt(picture, x, y) {
  const t = Math.min(picture.T, Math.max(1, Math.floor(x / picture.column) + 1));
  const distance = (g) => Math.max(g.y - y, y - (g.y + g.height - 1), 0);
  const group = picture.groups.reduce((best, g) => (distance(g) < distance(best) ? g : best));
  const unit = Math.min(group.rows, Math.max(1, Math.floor((y - group.y) / group.rowHeight) + 1));
  return { t, unit, quantity: group.quantity };
}

/** The number `rows` below (or above) the given one, through all groups. */
export function rowsAway(picture, { t, unit, quantity }, rows) {
  const all = picture.groups.flatMap((g) => Array.from({ length: g.rows }, (_, k) => ({ quantity: g.quantity, unit: k + 1 })));
  const now = all.findIndex((row) => row.quantity === standIn(quantity) && row.unit === unit);
  const next = all[Math.min(all.length - 1, Math.max(0, (now < 0 ? 0 : now) + rows))];
  return { t, ...next };
}

/** The quantity that stands in `room` where `quantity` stands in the other one; the strips show the other room's own. */
export function counterpart(quantity, room) {
  const list = ({ input, units, output }) => [input.quantity, ...units.map(([name]) => name), output.quantity];
  const place = list(ROOMS[room === "forward" ? "backward" : "forward"]).indexOf(quantity);
  return place < 0 ? quantity : list(ROOMS[room])[place];
}
