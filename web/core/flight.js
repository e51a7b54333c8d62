// One quick motion: the operands' numbers move from where they stand, in the picture or the diagram, to their slots in the
// equation, and rest there. Nothing waits for it, nothing can be touched by it, and without motion nothing happens.

const FLIGHT_MS = 220;
const MOST_INTO_ONE = 8;                                // of a sum of many, so many are seen to come

const centre = ({ left, top, width, height }) => ({ x: left + width / 2, y: top + height / 2 });

/** Whether a point of an element is in the window and not hidden by what the element scrolls in. */
function inSight(element, { x, y }) {
  if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return false;
  const top = document.elementsFromPoint(x, y)[0];
  return Boolean(top) && (element === top || element.contains(top) || top.contains(element));
}

let places = () => [];
/** @param find  (quantity, t, unit) -> [{element, rect}]: where a number stands on the screen, the best place first */
export const findPlacesWith = (find) => { places = find; };

/** Carry the numbers into the slots of `equation` that name where they come from. Returns what ends it at once. */
export function carryOperands(equation) {
  if (!equation?.animate || document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) return undefined;
  const flights = [];
  for (const slot of equation.querySelectorAll("[data-from]")) {
    const amount = slot.querySelector(".amount");
    const to = centre(amount.getBoundingClientRect());
    if (!inSight(amount, to)) continue;
    const all = slot.dataset.from.split(" ");
    const every = Math.ceil(all.length / MOST_INTO_ONE);
    const starts = all.filter((_, k) => k % every === 0).map(startOf).filter(Boolean);
    for (const from of starts) flights.push(launch(amount, from, to, all.length === 1));
    if (starts.length) flights.push(amount.animate([{ opacity: 0 }, { opacity: 0, offset: 0.9 }, { opacity: 1 }], FLIGHT_MS));
  }
  return () => flights.forEach((flight) => flight.cancel());
}

/** The middle of the first place in sight where the number "h,12,1" stands. */
function startOf(place) {
  const [quantity, t, unit] = place.split(",");
  return places(quantity, Number(t), Number(unit)).map(({ element, rect }) => ({ element, at: centre(rect) }))
    .find(({ element, at }) => inSight(element, at))?.at;
}

/** One number on its way; of a sum, a dot for each. */
function launch(amount, from, to, isNumber) {
  const chip = document.createElement("span");
  chip.className = isNumber ? "flying" : "flying dot";
  chip.setAttribute("aria-hidden", "true");
  if (isNumber) chip.textContent = amount.textContent;
  document.body.append(chip);
  const at = ({ x, y }) => `translate(${x}px, ${y}px) translate(-50%, -50%)`;
  const flight = chip.animate([{ transform: at(from) }, { transform: at(to) }], { duration: FLIGHT_MS, easing: "cubic-bezier(0.3, 0, 0.3, 1)" });
  flight.onfinish = flight.oncancel = () => chip.remove();
  return flight;
}
