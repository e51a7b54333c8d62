// A file of its own, so that it can be loaded by itself.
export { default } from "katex";
