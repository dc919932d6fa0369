// All rings with their states, the troubled first; and the lines that are on none.

import { el } from "./dom.js";
import { going, link, number } from "./format.js";
import { gravity, pill } from "./marks.js";
import { of } from "./stream.js";
import { t } from "./words.js";

const lines = { list: null };

export function rings() {
  return [...of("ring").entries()]
    .map(([id, one]) => ({ id, ...one }))
    .sort((a, b) => gravity(a.state) - gravity(b.state) || a.id.localeCompare(b.id, undefined, { numeric: true }));
}

export function troubledRings() {
  return rings().filter((one) => one.state !== "intact");
}

export function ringItem(one) {
  return el(
    "li.ring",
    { "data-key": one.id },
    pill("ring", one.state),
    " ",
    link("ring", one.id),
    one.name ? ` ${one.name}` : null,
    " ",
    one.state === "intact" ? el("span.hint", null, t("rings.links", number(one.links))) : null,
    one.state !== "intact" && one.since_s ? el("span.hint", null, going(one.since_s)) : null,
    one.breaks.length ? el("span.breaks", null, t("rings.breaks", one.breaks.join(", "))) : null,
  );
}

export function summary() {
  const all = rings();
  return all.length
    ? el(
        "small",
        null,
        t("rings.intact", number(all.filter((one) => one.state === "intact").length), number(all.length)),
      )
    : null;
}

export function ringsPage() {
  const all = rings();
  return [
    el("h1", { "data-key": "h1" }, t("rings.title"), " ", summary()),
    all.length
      ? el("ul.ringlist", { "data-key": "rings" }, all.map(ringItem))
      : el("p.hint", { "data-key": "none" }, t("rings.none")),
    lines.list?.length
      ? el(
          "section.part",
          { "data-key": "lines" },
          el("h2", null, t("lines.title")),
          el(
            "ul.ringlist",
            null,
            lines.list.map((one) =>
              el(
                "li",
                { "data-key": one.id },
                link("line", one.id),
                " ",
                el("span.hint", null, t("lines.devices", number(one.devices))),
              ),
            ),
          ),
        )
      : null,
  ];
}

export async function loadLines(done) {
  const reply = await fetch("/page/lines").catch(() => null);
  if (!reply?.ok) return;
  lines.list = await reply.json();
  done();
}
