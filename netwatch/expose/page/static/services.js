// The service board: for each service and district, how many field devices work, are at fault, behind one, not observed.

import { el } from "./dom.js";
import { address, number } from "./format.js";
import { mark } from "./marks.js";
import { of } from "./stream.js";
import { state, t } from "./words.js";

const STATES = ["fine", "fault", "unreachable", "unknown"];

function sum(districts) {
  const total = Object.fromEntries(STATES.map((one) => [one, 0]));
  for (const there of Object.values(districts)) for (const one of STATES) total[one] += there[one] ?? 0;
  return total;
}

export function services() {
  return [...of("service").entries()]
    .map(([id, one]) => ({
      id,
      name: one.name || id || t("service.other"),
      districts: one.districts,
      total: sum(one.districts),
    }))
    .filter((one) => one.id || Object.keys(one.districts).length);
}

// A bar of four parts; its numbers stand beside it.
function bar(counts) {
  const whole = STATES.reduce((total, one) => total + (counts[one] ?? 0), 0);
  return el(
    "meter-bar",
    { "aria-hidden": "true" },
    whole
      ? STATES.filter((one) => counts[one]).map((one) => {
          const part = el(`i.is-${one}`);
          part.style.flexGrow = counts[one];
          return part;
        })
      : null,
  );
}

export function boardTiles() {
  return el(
    "ul.board",
    null,
    services().map((one) =>
      el(
        "li",
        { "data-key": one.id },
        one.id ? el("a", { href: address("service", one.id) }, one.name) : one.name,
        bar(one.total),
        numbers(one.total),
      ),
    ),
  );
}

function numbers(counts) {
  return el(
    "p.numbers",
    null,
    STATES.filter((one) => counts[one] || one === "fine").map((one) =>
      el("span", null, mark(one), el("b", null, number(counts[one] ?? 0)), ` ${state("field", one)}`),
    ),
  );
}

export function servicesPage() {
  const all = services();
  if (!all.length) return [el("h1", null, t("services.title")), el("p.hint", null, t("services.none"))];
  return [el("h1", { "data-key": "h1" }, t("services.title")), all.map(table)];
}

function table(one) {
  const rows = Object.entries(one.districts).sort(([a], [b]) => a.localeCompare(b));
  return el(
    "section.part",
    { "data-key": one.id },
    el("h2", null, one.id ? el("a", { href: address("service", one.id) }, one.name) : one.name),
    bar(one.total),
    el(
      "div.scroll",
      { tabindex: "0", role: "region", "aria-label": one.name },
      el(
        "table.counts",
        null,
        el(
          "thead",
          null,
          el(
            "tr",
            null,
            el("th", { scope: "col" }, t("district")),
            STATES.map((name) => el("th", { scope: "col" }, mark(name), " ", state("field", name))),
            el("th", { scope: "col" }, t("total")),
          ),
        ),
        el(
          "tbody",
          null,
          rows.map(([name, counts]) => row(name || t("district.none"), counts)),
        ),
        el("tfoot", null, row(t("services.all"), one.total)),
      ),
    ),
  );
}

function row(name, counts) {
  return el(
    "tr",
    { "data-key": name },
    el("th", { scope: "row" }, name),
    STATES.map((one) => el(`td.is-${one}${counts[one] ? "" : ".zero"}`, null, number(counts[one] ?? 0))),
    el("td", null, number(STATES.reduce((total, one) => total + (counts[one] ?? 0), 0))),
  );
}
