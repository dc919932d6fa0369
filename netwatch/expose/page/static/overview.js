// The start: what is broken, and only that; beside it the city at a glance.

import { el } from "./dom.js";
import { drawing } from "./drawing.js";
import { card, clearedFaults, openFaults, title } from "./fault.js";
import { address, number } from "./format.js";
import { map } from "./map.js";
import { mark } from "./marks.js";
import { ringItem, summary, troubledRings } from "./rings.js";
import { boardTiles, services } from "./services.js";
import { city } from "./stream.js";
import { state, t } from "./words.js";

const MOST = 50;
const shown = { faults: MOST };

export function overviewPage() {
  const open = openFaults(),
    cleared = clearedFaults();
  return [
    el(
      "div.columns.front",
      { "data-key": "front" },
      el(
        "section.faults",
        { "data-key": "faults", "aria-labelledby": "open-title" },
        el("h1", { "data-key": "h1", id: "open-title" }, t("open.title"), " ", el("small", null, number(open.length))),
        open.length ? open.slice(0, shown.faults).map(card) : calm(),
        open.length > shown.faults
          ? el(
              "p.buttons",
              { "data-key": "more" },
              el("button", { type: "button", "data-do": "more" }, t("open.more", number(open.length - shown.faults))),
            )
          : null,
        cleared.length
          ? el(
              "details.cleared",
              { "data-key": "cleared" },
              el("summary", null, `${t("cleared.title")} (${number(cleared.length)})`),
              cleared.slice(0, 20).map(card),
            )
          : null,
      ),
      el(
        "div.glance",
        { "data-key": "glance" },
        worstDrawn(open[0]),
        services().length ? part("nav.services", "/services", boardTiles()) : null,
        part("devices", "/map", deviceCounts()),
        city.kinds.get("ring")?.size
          ? part("nav.rings", "/rings", summary(), el("ul.ringlist", null, troubledRings().slice(0, 8).map(ringItem)))
          : null,
        smallMap(),
      ),
    ),
  ];
}

export function showMore() {
  shown.faults += MOST;
}

// Where the worst fault is; its whole record comes as long as this view is open (`worst`).
function worstDrawn(worst) {
  const whole = city.thing;
  if (!worst || !whole?.drawing || whole.id !== worst.id) return null;
  return el(
    "section.part",
    { "data-key": "worst" },
    el("h2", null, el("a", { href: address("fault", worst.id) }, title(worst))),
    drawing(whole.drawing, whole.subject, { narrow: true }),
  );
}

// The thing that this view wants to be told of
export function worst() {
  const [first] = openFaults();
  return first ? `fault/${first.id}` : "";
}

function part(key, href, ...children) {
  return el("section.part", { "data-key": key }, el("h2", null, el("a", { href }, t(key))), children);
}

function calm() {
  const told = city.records.get("city");
  const devices = Object.values(told?.devices ?? {}).reduce((a, b) => a + b, 0);
  const fields = services().reduce((sum, one) => sum + Object.values(one.total).reduce((a, b) => a + b, 0), 0);
  const unseen = (told?.devices?.unknown ?? 0) + services().reduce((sum, one) => sum + one.total.unknown, 0);
  const isKnown = told?.lit !== false && !told?.waiting && !unseen;
  return el(
    `div.calm${isKnown ? "" : ".unsure"}`,
    { "data-key": "calm" },
    el("p", null, mark(isKnown ? "fine" : "unknown"), t("open.none")),
    el("p.hint", null, t("open.none.more", number(devices), number(fields))),
    unseen ? el("p", null, t("open.unseen", number(unseen))) : null,
  );
}

function deviceCounts() {
  const counts = city.records.get("city")?.devices ?? {};
  return el(
    "p.numbers",
    null,
    ["up", "degraded", "down", "unreachable", "unknown"]
      .filter((one) => counts[one] || one === "up")
      .map((one) => el("span", null, mark(one), el("b", null, number(counts[one] ?? 0)), ` ${state("device", one)}`)),
  );
}

function smallMap() {
  const drawn = map({ small: true });
  return drawn
    ? el(
        "section.part",
        { "data-key": "smallmap" },
        el("h2", null, el("a", { href: "/map" }, t("nav.map"))),
        el("div.mapframe.small", null, drawn),
      )
    : null;
}
