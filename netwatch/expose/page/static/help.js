// Help: the keys, the signs, and where machines read.

import { el } from "./dom.js";
import { told } from "./marks.js";
import { city } from "./stream.js";
import { t } from "./words.js";

const KEYS = [
  ["/", "keys.find"],
  ["j k", "keys.next"],
  ["Enter", "keys.open"],
  ["1 2 3 4", "keys.home"],
  ["?", "keys.help"],
];
const MACHINES = [
  ["/metrics", "help.metrics"],
  ["/metrics/faults", "help.faults"],
  ["/sd?shards=4", "help.sd"],
  ["/api/openapi.json", "help.api"],
  ["/-/healthy", "help.health"],
];

const KEPT = "netwatch-keys";

// Single letters as shortcuts can be turned off (WCAG 2.1.4): whoever speaks to a computer types by accident.
export function areKeysOn() {
  return localStorage.getItem(KEPT) !== "off";
}

export function turnKeys() {
  localStorage.setItem(KEPT, areKeysOn() ? "off" : "on");
}

export function helpPage() {
  const version = city.records.get("city")?.version;
  return [
    el("h1", null, t("nav.help")),
    el(
      "section.part",
      null,
      el("h2", null, t("keys")),
      el(
        "dl.facts",
        null,
        KEYS.map(([keys, what]) =>
          el(
            "div",
            null,
            el(
              "dt",
              null,
              keys.split(" ").map((key) => el("kbd", null, key)),
            ),
            el("dd", null, t(what)),
          ),
        ),
      ),
      el(
        "p.buttons",
        null,
        el("button", { type: "button", "data-do": "keys" }, t(areKeysOn() ? "keys.off" : "keys.on")),
      ),
    ),
    el(
      "section.part",
      null,
      el("h2", null, t("help.states")),
      el(
        "p.signs",
        null,
        ["up", "degraded", "down", "unreachable", "unknown"].map((one) => told("device", one)),
      ),
    ),
    el(
      "section.part",
      null,
      el("h2", null, t("help.machines")),
      el(
        "dl.facts",
        null,
        MACHINES.map(([href, what]) =>
          el("div", null, el("dt", null, el("a", { href, "data-out": true }, href)), el("dd", null, t(what))),
        ),
      ),
    ),
    version ? el("p.hint", null, t("help.version", version)) : null,
  ];
}
