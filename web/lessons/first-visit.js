// The first visit in five short steps, over the default experiment. A step shows a place; the fourth asks before it shows.
//
// text: key of the prose; room, select: what is shown; hideFrom: steps from here on are covered until the answer;
// question: {quantity, unit, from, to}: does the number rise or fall between two steps?

export const FIRST_VISIT = [
  { text: "tour.task", room: "forward", select: { quantity: "x", unit: 2, t: 3 } },
  { text: "tour.hold", room: "forward", select: { quantity: "f", unit: 2, t: 8 }, numbers: { f: { quantity: "f", unit: 2, t: 8 } } },
  { text: "tour.write", room: "forward", select: { quantity: "c", unit: 2, t: 13 },
    numbers: { f: { quantity: "f", unit: 2, t: 13 }, i: { quantity: "i", unit: 2, t: 13 }, c: { quantity: "c", unit: 2, t: 13 } } },
  { text: "tour.predict", room: "forward", select: { quantity: "c", unit: 2, t: 17 }, hideFrom: 18,
    question: { quantity: "c", unit: 2, from: 17, to: 18 } },
  { text: "tour.backward", room: "backward", select: { quantity: "dc", unit: 2, t: 18 },
    numbers: { at: { quantity: "dc", unit: 2, t: 18 }, before: { quantity: "dc_via_c", unit: 2, t: 17 } } },
];
