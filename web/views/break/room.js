// All that the Break room is made of: loaded as one.
export { BreakCentre, BreakLeft, BreakRight } from "./Break.jsx";
