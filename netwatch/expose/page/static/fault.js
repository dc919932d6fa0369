// Faults: what is wrong, since when, what it costs, the evidence, whom to send; and what people do about it.

import { el } from "./dom.js";
import { drawing } from "./drawing.js";
import { address, going, number, duration, link, phone, split, thing, time } from "./format.js";
import { mark, tone } from "./marks.js";
import { part } from "./parts.js";
import { sentence } from "./sentences.js";
import { city, of } from "./stream.js";
import { t } from "./words.js";

const RANKS = ["critical", "major", "minor", "warning"];

export function openFaults() {
  return [...of("fault").values()]
    .filter((one) => one.cleared_s === null)
    .sort(
      (a, b) =>
        RANKS.indexOf(a.severity) - RANKS.indexOf(b.severity) || a.since_s - b.since_s || (a.id < b.id ? -1 : 1),
    );
}

export function clearedFaults() {
  return [...of("fault").values()].filter((one) => one.cleared_s !== null).sort((a, b) => b.cleared_s - a.cleared_s);
}

export function may(act) {
  return city.hello?.may.includes(act) ?? false;
}

// What it is called in one line: Cable cut c-0009
export function title(fault) {
  return `${t(`kind.${fault.kind}`)} ${split(fault.subject)[1]}`.trim();
}

function severity(fault) {
  return el(`span.severity.${fault.severity}`, null, mark(fault.severity), t(fault.severity));
}

function head(fault, level) {
  const name = split(fault.subject)[1];
  return el(
    "header",
    null,
    severity(fault),
    el(
      level,
      null,
      el(
        "a.open",
        { href: address("fault", fault.id) },
        t(`kind.${fault.kind}`),
        " ",
        name ? el("bdi", null, name) : null,
      ),
    ),
    el(
      "p.when",
      null,
      t("since"),
      " ",
      time(fault.since_s),
      " · ",
      fault.cleared_s === null ? going(fault.since_s) : t("lasted", duration(fault.cleared_s - fault.since_s)),
    ),
  );
}

function cost(fault) {
  const out = Object.entries(fault.affected);
  const dark = fault.devices_count;
  return el(
    "p.cost",
    null,
    fault.district ? [el("strong", null, fault.district), " · "] : null,
    dark ? (dark === 1 ? t("cost.dark.one") : t("cost.dark", number(dark))) : null,
    dark && out.length ? " · " : null,
    out.length
      ? [
          t("cost.out"),
          " ",
          out.map(([service, count]) =>
            el("span.count", null, el("b", null, number(count)), ` ${serviceName(service)}`),
          ),
        ]
      : null,
    !dark && !out.length ? t("cost.none") : null,
  );
}

export function serviceName(id) {
  return of("service").get(id)?.name || id || t("service.other");
}

function send(fault) {
  const { crew, name, phone: call } = fault.send;
  if (crew === "nobody") return null;
  return el(
    "p.send",
    null,
    el("span.label", null, t("send")),
    " ",
    el("strong", null, t(crew)),
    name ? [" · ", el("bdi", null, name)] : null,
    call ? phone(call, name) : null,
  );
}

function flags(fault) {
  const work = city.records.get(`work/${fault.id}`);
  return [
    fault.maintenance ? el("span.flag", null, t("maintenance")) : null,
    fault.acknowledged_s
      ? el(
          "span.flag.taken",
          null,
          "✓ ",
          t("acknowledged"),
          " ",
          work?.acknowledged?.user ? el("bdi", null, work.acknowledged.user, " ") : null,
          time(fault.acknowledged_s),
        )
      : null,
    work?.assigned ? el("span.flag", null, t("did.assigned"), " ", el("bdi", null, work.assigned.text)) : null,
    work?.ticket ? el("span.flag", null, t("did.ticketed"), " ", el("bdi", null, work.ticket.text)) : null,
  ].filter(Boolean);
}

// One fault in the list of them.
export function card(fault) {
  const told = flags(fault);
  return el(
    `article.fault.${fault.cleared_s === null ? fault.severity : "cleared"}`,
    { "data-key": fault.id, "data-fault": fault.id },
    head(fault, "h3"),
    fault.cleared_s === null
      ? cost(fault)
      : el(
          "p.cost",
          null,
          t("cleared.at"),
          " ",
          time(fault.cleared_s),
          fault.settled ? [" · ", sentence(fault.settled)] : null,
        ),
    fault.cleared_s === null ? send(fault) : null,
    fault.cleared_s === null
      ? el(
          "ul.evidence",
          null,
          telling(fault.evidence)
            .slice(0, 3)
            .map((one) => el("li", null, sentence(one))),
        )
      : null,
    told.length ? el("p.flags", null, told) : null,
    fault.cleared_s === null && !fault.acknowledged_s && may("work")
      ? el("p.buttons", null, button(fault, "acknowledged", t("ack")))
      : null,
  );
}

// What is missing says more than what is there: in a few lines it comes first.
function telling(evidence) {
  const isBad = (one) => /\b(no|not|nothing|silent|down|fault|denied|less|dark)\b/.test(one);
  return [...evidence.filter(isBad), ...evidence.filter((one) => !isBad(one))];
}

function button(fault, did, text) {
  return el("button", { type: "button", "data-do": "work", "data-id": fault.id, "data-did": did }, text);
}

// The page of one fault; `fault` is the whole record of the view.
export function faultPage(fault) {
  const isOpen = fault.cleared_s === null;
  return [
    el(
      `section.fault.whole.${isOpen ? fault.severity : "cleared"}`,
      { "data-key": "head" },
      head(fault, "h1"),
      isOpen ? cost(fault) : el("p.cost", null, t("cleared.at"), " ", time(fault.cleared_s)),
      fault.settled ? el("p", null, sentence(fault.settled)) : null,
      fault.seen_again ? null : el("p.hint", null, t("not.seen.again")),
      send(fault),
      el("p.flags", null, flags(fault)),
    ),
    el(
      "div.columns",
      { "data-key": "columns" },
      el(
        "div",
        { "data-key": "left" },
        part(
          "evidence",
          el(
            "ul.evidence",
            null,
            fault.evidence.map((one) => el("li", null, sentence(one))),
          ),
        ),
        fault.affected_in.length ? part("cost", places(fault)) : null,
        fault.ambiguous_with.length ? part("ambiguous", subjects(fault.ambiguous_with)) : null,
        fault.contributing.length ? part("because", subjects(fault.contributing)) : null,
        fault.dark.length
          ? part(
              "dark.list",
              el(
                "ul.names",
                null,
                fault.dark.map((one) => el("li", null, link("device", one))),
              ),
            )
          : null,
        times(fault),
        work(fault, isOpen),
      ),
      el("div", { "data-key": "right" }, fault.drawing ? part("drawing", drawing(fault.drawing, fault.subject)) : null),
    ),
  ];
}

function subjects(list) {
  return el(
    "ul.names",
    null,
    list.map((one) => el("li", null, thing(one))),
  );
}

function places(fault) {
  return el(
    "ul.places",
    null,
    fault.affected_in.map((one) =>
      el(
        "li",
        null,
        `${one.district || t("district.none")}: `,
        el("b", null, number(one.field_devices)),
        ` ${serviceName(one.service)}`,
      ),
    ),
  );
}

const TIMES = ["detected", "acknowledged", "dispatched", "repaired"];

// How its repair goes
function times(fault) {
  const known = TIMES.filter((one) => fault.times[`${one}_s`] !== null);
  return part(
    "times",
    el(
      "dl.facts",
      null,
      known.map((one) =>
        el("div", null, el("dt", null, t(`times.${one}`)), el("dd", null, time(fault.times[`${one}_s`]))),
      ),
    ),
  );
}

function work(fault, isOpen) {
  if (!city.hello?.user) {
    return el(
      "section.part",
      { "data-key": "work" },
      el("h2", null, t("work")),
      el("p.hint", null, t("readonly.why")),
      el("pre", { tabindex: "0" }, `netwatch fault ack ${fault.id}`),
    );
  }
  const forms = isOpen
    ? [
        may("work") && !fault.acknowledged_s ? form(fault, "acknowledged", "ack", "ack.why", false) : null,
        may("work") && fault.acknowledged_s ? el("p.buttons", null, button(fault, "withdrew", t("unack"))) : null,
        may("note") ? form(fault, "noted", "note", "note.what") : null,
        may("work") ? form(fault, "dispatched", "dispatch", "dispatch.who") : null,
        may("work") ? form(fault, "assigned", "assign", "assign.whom") : null,
        may("work") ? form(fault, "ticketed", "ticket", "ticket.number") : null,
      ]
    : [may("note") ? form(fault, "noted", "note", "note.what") : null];
  return el(
    "section.part",
    { "data-key": "work" },
    el("h2", null, t("work")),
    forms,
    el("h2", null, t("work.log")),
    fault.log?.length
      ? el(
          "ol.log",
          null,
          fault.log.map((one) =>
            el(
              "li",
              null,
              time(one.at_s),
              " ",
              el("bdi", null, one.user),
              " ",
              t(`did.${one.did}`),
              one.text ? [": ", el("bdi", null, one.text)] : null,
            ),
          ),
        )
      : el("p.hint", null, t("work.none")),
  );
}

function form(fault, did, label, hint, required = true) {
  const id = `work-${did}`;
  return el(
    "form.work",
    { "data-key": id, "data-do": "work", "data-id": fault.id, "data-did": did },
    el("label", { for: id }, t(label)),
    el("input", { id, name: "text", maxlength: 1000, placeholder: t(hint), required, autocomplete: "off" }),
    el("button", { type: "submit" }, t("save")),
  );
}

// Ask the server to do it; the answer is a sentence where it did not.
export async function doWork(id, did, text) {
  let reply;
  try {
    reply = await fetch("/page/fault/work", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Netwatch-Page": "1" },
      body: JSON.stringify({ id, did, text }),
    });
  } catch {
    return t("failed", t("unreached"));
  }
  if (reply.ok) return "";
  const told = await reply.json().catch(() => ({ error: String(reply.status) }));
  return t("failed", told.error);
}
