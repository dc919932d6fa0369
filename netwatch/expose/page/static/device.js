// A device: its ports and what hangs on them, how its box is, when it was asked last.

import { el } from "./dom.js";
import { link, moment, number, speed } from "./format.js";
import { mark, told } from "./marks.js";
import { part } from "./parts.js";
import { t } from "./words.js";

export function ports(one) {
  if (!one.ports.length) return part("ports", el("p.hint", null, t("ports.none")));
  const up = one.ports.filter((port) => port.oper === "up").length;
  const isFree = (port) => port.oper !== "up" && !port.fields.length && !port.links.length;
  const used = one.ports.filter((port) => !isFree(port)),
    free = one.ports.filter(isFree);
  return el(
    "section.part",
    { "data-key": "ports" },
    el("h2", null, t("ports"), " ", el("small", null, t("ports.count", number(one.ports_count), number(up)))),
    one.in_doubt ? el("p.hint", null, t("ports.doubt")) : null,
    one.snmp === "answers" ? null : el("p.old", null, t("ports.old", moment(one.read_s))),
    portTable(used),
    one.ports_count > one.ports.length
      ? el("p.hint", null, t("ports.cut", number(one.ports.length), number(one.ports_count)))
      : null,
    free.length
      ? el(
          "details",
          { "data-key": "free" },
          el("summary", null, t("ports.free", number(free.length))),
          el(
            "p.free",
            null,
            free.map((port) => el("bdi.port", null, port.name)),
          ),
        )
      : null,
  );
}

function portTable(rows) {
  const hasLight = rows.some((port) => "receive_power" in port.levels),
    hasPoe = rows.some((port) => port.poe),
    hasMacs = rows.some((port) => port.macs);
  const columns = ["port", "state", "speed", "plugged", hasLight && "light", hasPoe && "poe", hasMacs && "macs"].filter(
    Boolean,
  );
  return el(
    "div.scroll",
    { tabindex: "0", role: "region", "aria-label": t("ports") },
    el(
      "table.ports",
      null,
      el(
        "thead",
        null,
        el(
          "tr",
          null,
          columns.map((name) => el("th", { scope: "col" }, t(name))),
        ),
      ),
      el(
        "tbody",
        null,
        rows.map((port) =>
          el(
            "tr",
            { "data-key": port.name },
            columns.map((name) => cell(name, port)),
          ),
        ),
      ),
    ),
  );
}

function cell(name, port) {
  const power = (measure) => (measure in port.levels ? port.levels[measure].toFixed(1) : "–");
  switch (name) {
    case "port":
      return el(
        "th",
        { scope: "row" },
        el("bdi", null, port.name),
        port.alias ? el("span.alias", null, el("bdi", null, port.alias)) : null,
      );
    case "state":
      return el(
        "td",
        null,
        port.shut
          ? told("port", "shut")
          : told("port", port.oper === "up" || port.oper === "down" ? port.oper : "unknown"),
      );
    case "speed":
      return el("td", null, port.oper === "up" ? speed(port.speed_bps) : "");
    case "plugged":
      return el(
        "td",
        null,
        port.links.map((one) => el("span.plug", null, mark(one.state), link("link", one.id))),
        port.fields.map((one) => el("span.plug", null, mark(one.state), link("field_device", one.id))),
      );
    case "light":
      return el(
        "td",
        { "data-label": t("light") },
        "receive_power" in port.levels ? `${power("receive_power")} / ${power("transmit_power")} dBm` : "",
      );
    case "poe":
      return el(
        "td",
        { "data-label": t("poe") },
        port.poe ? ["poe_power" in port.levels ? `${power("poe_power")} W` : t(`poe.${port.poe}`)] : "",
      );
    default:
      return el("td", { "data-label": t("macs") }, port.macs ? number(port.macs) : "");
  }
}

export function gauges(list) {
  return el(
    "dl.facts",
    null,
    list.map((one) =>
      el("div", null, el("dt", null, t(one.measure), which(one)), el("dd", null, level(one))),
    ),
  );
}

// Which one it is, where its name says more than what it measures: not "fan speed fan speed"
function which({ measure, label }) {
  return label && label !== measure.replaceAll("_", " ") ? ` ${label}` : "";
}

function level({ value, unit, word: said, measure }) {
  if (said) return told(measure, said);
  if (unit === "ratio") return `${Math.round(value * 100)} %`;
  return `${Math.round(value * 10) / 10} ${unit}`;
}

export function lanes(all) {
  return el(
    "dl.facts",
    null,
    Object.entries(all).map(([lane, one]) =>
      el(
        "div",
        null,
        el("dt", null, t(`lane.${lane}`)),
        el("dd", null, moment(one.at_s), one.reason ? ` (${t(one.reason)})` : null),
      ),
    ),
  );
}
