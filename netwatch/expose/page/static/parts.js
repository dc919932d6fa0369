// What every page of a thing is made of: parts with a heading.

import { el } from "./dom.js";
import { t } from "./words.js";

// `key` is the heading's word, and what keeps the part itself while others come and go.
export function part(key, ...children) {
  return el("section.part", { "data-key": key }, el("h2", null, t(key)), children);
}
