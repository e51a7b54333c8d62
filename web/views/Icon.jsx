// The page's few signs, drawn on a 16 x 16 grid.

const PATHS = {
  play: "M4.5 2.5v11l9-5.5z",
  playLeft: "M11.5 2.5v11l-9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  left: "M10.5 2.8 5.3 8l5.2 5.2 1.2-1.1L7.6 8l4.1-4.1z",
  right: "M5.5 2.8 10.7 8l-5.2 5.2-1.2-1.1L8.4 8 4.3 3.9z",
  up: "M2.8 10.5 8 5.3l5.2 5.2 1.1-1.2L8 2.9 1.7 9.3z",
  down: "M2.8 5.5 8 10.7l5.2-5.2 1.1 1.2L8 13.1 1.7 6.7z",
  first: "M3 2.8h1.7v10.4H3zM11.6 2.8 6.4 8l5.2 5.2 1.2-1.1L8.7 8l4.1-4.1z",
  last: "M13 2.8h-1.7v10.4H13zM4.4 2.8 9.6 8l-5.2 5.2-1.2-1.1L7.3 8 3.2 3.9z",
  dice: "M3 2h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1zm.5 1.5v9h9v-9zM6 4.8A1.2 1.2 0 1 1 6 7.2 1.2 1.2 0 0 1 6 4.8zm4 4A1.2 1.2 0 1 1 10 11.2 1.2 1.2 0 0 1 10 8.8z",
  copy: "M5 1.5h8a1 1 0 0 1 1 1v9h-1.5V3H5zM3 4.5h7a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1zM3.5 6v7h6V6z",
  check: "M6.3 12.6 2 8.3l1.2-1.2 3.1 3.1 6.5-6.5L14 4.9z",
};

export const Icon = ({ name }) => (
  <svg class="glyph" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path fill-rule="evenodd" d={PATHS[name]} /></svg>
);
