// All that the Train room adds to the page: loaded as one.
export { showsText } from "../../core/reading.js";
export { Spread } from "./Spread.jsx";
export { Train } from "./Train.jsx";
export { TrainBar } from "./TrainBar.jsx";
export { Setup } from "./Setup.jsx";
