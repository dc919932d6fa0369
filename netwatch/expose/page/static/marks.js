// States as signs: a shape and a colour for each, and always the word beside them.

import { el, svg } from "./dom.js";
import { state as word } from "./words.js";

const TONES = {
  good: ["up", "fine", "intact", "clear"],
  warn: ["degraded", "partly", "switched", "one_end", "minor"],
  note: ["manual", "restoring", "warning"],
  bad: ["down", "fault", "split", "no_block", "major", "critical", "raised"],
  behind: ["unreachable"],
};
const tones = new Map(Object.entries(TONES).flatMap(([tone, states]) => states.map((one) => [one, tone])));

export function tone(state) {
  return tones.get(state) ?? "unknown";
}

// The shape of a tone around a point, for drawings; `size` is half its width.
export function shape(name, x, y, size) {
  const at = { class: `shape ${name}` };
  switch (name) {
    case "bad":
      return svg(
        "g",
        at,
        svg("rect", { x: x - size, y: y - size, width: 2 * size, height: 2 * size, rx: size / 4 }),
        svg("path.cut", { d: `M${x - size / 2} ${y - size / 2}l${size} ${size}m0 ${-size}l${-size} ${size}` }),
      );
    case "warn":
    case "note":
      return svg("path", { ...at, d: `M${x} ${y - size * 1.15}L${x + size * 1.15} ${y + size}H${x - size * 1.15}Z` });
    case "behind":
      return svg(
        "g",
        at,
        svg("circle", { cx: x, cy: y, r: size }),
        svg("path.cut", { d: `M${x - size * 0.7} ${y + size * 0.7}L${x + size * 0.7} ${y - size * 0.7}` }),
      );
    default:
      return svg("circle", { ...at, cx: x, cy: y, r: size });
  }
}

export function mark(state) {
  return svg("svg.mark", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, shape(tone(state), 0, 0, 5.5));
}

// Sign and word: pill("ring", "split")
export function pill(kind, state, more = "") {
  return el(`span.pill.${tone(state)}`, null, mark(state), word(kind, state), more);
}

// Sign and word without a frame
export function told(kind, state) {
  return el(`span.told.${tone(state)}`, null, mark(state), word(kind, state));
}

const ORDER = ["bad", "behind", "unknown", "warn", "note", "good"];

export function gravity(state) {
  return ORDER.indexOf(tone(state));
}
