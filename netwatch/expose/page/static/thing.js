// The page of any one thing: how it is, where, what hangs on it, its way, whom to call; the ladder of a camera.

import { el } from "./dom.js";
import { gauges, lanes, ports } from "./device.js";
import { drawing } from "./drawing.js";
import { address, link, moment, number, phone, since, thing } from "./format.js";
import { gravity, mark, pill, told } from "./marks.js";
import { part } from "./parts.js";
import { sentence } from "./sentences.js";
import { state as word, t } from "./words.js";
import { serviceName } from "./fault.js";

const KINDS = { field_device: "field", device: "device", ring: "ring", link: "link", site: "site" };

export function thingPage(one) {
  if (one.around)
    return [
      el("h1", { "data-key": "h1" }, t("drawing.line", one.id)),
      el("section.part", { "data-key": "drawing" }, drawing(one)),
    ];
  const left = [
    one.ladder ? ladder(one) : null,
    one.faults.length ? part("touching", el("ul.names", null, one.faults.map(touching))) : null,
    contractor(one.contractor),
    !one.ladder && one.evidence.length
      ? part(
          "evidence",
          el(
            "ul.evidence",
            null,
            one.evidence.map((said) => el("li", null, sentence(said))),
          ),
        )
      : null,
    way(one.way),
    hangs(one),
    facts(one),
  ].filter(Boolean);
  return [
    head(one),
    el(
      `div.columns${left.length ? "" : ".single"}`,
      { "data-key": "columns" },
      left.length ? el("div", { "data-key": "left" }, left) : null,
      el(
        "div",
        { "data-key": "right" },
        one.ports ? ports(one) : null,
        one.drawing ? part("drawing", drawing(one.drawing, one.port ? `port:${one.port.device}` : one.subject)) : null,
        one.gauges?.length ? part("box", gauges(one.gauges)) : null,
        one.lanes ? part("polls", lanes(one.lanes)) : null,
        one.listed ? listed(one.listed) : null,
      ),
    ),
  ];
}

function head(one) {
  const [condition, cause] = (one.state ?? "").split(": ");
  const kind = KINDS[one.kind];
  return el(
    "section.thing",
    { "data-key": "head" },
    el("p.kind", null, t(`subject.${one.kind}`)),
    el("h1", null, el("bdi", null, one.id), one.name ? el("span.called", null, " ", el("bdi", null, one.name)) : null),
    el(
      "p.state",
      null,
      condition ? (kind ? pill(kind, condition, because(condition, cause)) : sentence(condition)) : null,
      one.since ? since(Date.parse(one.since) / 1000) : null,
      one.maintenance ? el("span.flag", null, t("maintenance")) : null,
    ),
    el(
      "p.where",
      null,
      one.sites
        .slice(0, 4)
        .map((site, place) => [
          place ? ", " : null,
          link("site", site.site, site.name || site.site),
          site.district ? ` ${site.district}` : null,
        ]),
      one.port
        ? [
            " · ",
            link("device", one.port.device),
            " ",
            link("port", `${one.port.device} ${one.port.interface}`, one.port.interface),
          ]
        : null,
    ),
    one.last_seen
      ? el("p.hint", null, t("last.seen"), " ", moment(one.last_seen.at_s), ", ", sentence(one.last_seen.how))
      : null,
  );
}

// What is wrong with it, where the state does not say so already
export function because(condition, cause) {
  return cause && condition !== "unreachable" ? ` · ${t(`cause.${cause}`)}` : "";
}

function touching(fault) {
  return el(
    "li",
    { "data-key": fault.id },
    el(`span.severity.${fault.severity}`, null, mark(fault.severity), t(fault.severity)),
    " ",
    el("a", { href: address("fault", fault.id) }, t(`kind.${fault.kind}`)),
    " ",
    thing(fault.subject, { short: true }),
  );
}

function contractor(one) {
  if (!one) return null;
  return part(
    "contact",
    el("p.send", null, link("contractor", one.id, one.name || one.id), one.phone ? phone(one.phone, one.name) : null),
  );
}

// From the bottom upwards, as one climbs: the first rung that fails is the fault.
function ladder(one) {
  if (!one.ladder.length) return part("ladder", el("p.hint", null, t("ladder.none")));
  return part(
    "ladder",
    el("ol.ladder", { reversed: true }, [...one.ladder].reverse().map(rung)),
    el("p.hint", null, t("ladder.hint")),
  );
}

function rung(one, place) {
  const name = one.rung === "check" ? one.check : t(`rung.${one.rung}`, one.device ?? one.port ?? one.mac ?? "");
  const said = t(`${one.rung}.${one.said}`, (one.macs ?? []).join(", "));
  const sign = one.good === true ? "fine" : one.good === false ? "fault" : "unknown";
  const more = [
    one.reason ? t(one.reason) : null,
    one.took_s && one.good ? t("took", (one.took_s * 1000).toFixed(one.took_s < 0.01 ? 1 : 0)) : null,
    one.clock_offset_s !== null && one.clock_offset_s !== undefined && Math.abs(one.clock_offset_s) >= 1
      ? t("clock", Math.round(one.clock_offset_s))
      : null,
  ].filter(Boolean);
  return el(
    `li.rung.is-${sign}`,
    { "data-key": `${one.rung} ${one.check ?? place}` },
    mark(sign),
    el("strong", null, el("bdi", null, name)),
    el("span", null, said, more.length ? ` (${more.join(", ")})` : null),
    one.since_s ? since(one.since_s) : null,
  );
}

function way(one) {
  if (!one) return null;
  return part(
    "way",
    el(
      "ol.way",
      null,
      el("li", null, link("device", one.from)),
      one.hops.map((hop) =>
        el(
          `li${hop.broken ? ".broken" : ""}`,
          null,
          el(
            "span.hop",
            null,
            link("link", hop.link),
            hop.cables.length
              ? [" (", hop.cables.map((cable, place) => [place ? ", " : null, link("cable", cable)]), ")"]
              : null,
            hop.broken ? el("b", null, ` ✕ ${t("way.broken")}`) : null,
          ),
          link("device", hop.device),
        ),
      ),
    ),
  );
}

function hangs(one) {
  const lists = [
    ["device", one.on_it.devices],
    ["field_device", one.on_it.field_devices],
    ["link", one.on_it.links],
    ["cable", one.on_it.cables],
  ].filter(
    ([kind, list]) =>
      list.count && !(one.listed && (kind === "device" || kind === "field_device")) && !(one.ports && kind !== "cable"),
  );
  const lost = one.without_it;
  if (!lists.length && !lost.devices && !lost.field_devices) return null;
  return part(
    "on.it",
    lists.map(([kind, list]) =>
      el(
        "p",
        null,
        el("span.label", null, t(`subject.${kind}`)),
        " ",
        list.first.map((name, place) => [place ? ", " : null, link(kind, name)]),
        list.count > list.first.length ? ` ${t("and.more", number(list.count - list.first.length))}` : null,
      ),
    ),
    lost.devices || lost.field_devices
      ? el("p", null, el("span.label", null, t("without.it")), " ", [
          lost.devices ? t("cost.dark", number(lost.devices)) : null,
          lost.devices && lost.field_devices ? ", " : null,
          lost.field_devices ? t("without.fields", number(lost.field_devices)) : null,
        ])
      : null,
  );
}

function facts(one) {
  const said = Object.entries({ ...one.facts, ...(one.says ?? {}) });
  if (one.icmp) said.push(["icmp", t(one.icmp)], ["snmp", t(one.snmp)]);
  if (one.rtt_s) said.push(["rtt_s", `${(one.rtt_s * 1000).toFixed(1)} ms`]);
  const rows = said.filter(([, value]) => value !== "" && value !== null);
  if (!rows.length) return null;
  return part(
    "facts",
    el(
      "dl.facts",
      null,
      rows.map(([name, value]) =>
        el(
          "div",
          null,
          el("dt", null, t(`fact.${name}`).replace(/^fact\./, "")),
          el("dd", null, factValue(name, value)),
        ),
      ),
    ),
  );
}

function factValue(name, value) {
  if (name === "service") return el("a", { href: address("service", value) }, serviceName(value));
  if (name === "length_m") return `${number(value)} m`;
  if (name === "role") return t(value);
  if (name === "phone") return phone(String(value), "") ?? String(value);
  if (name === "ring" || name === "duct") return link(name, value);
  return el("bdi", null, String(value));
}

function listed({ devices, devices_count, fields, fields_count }) {
  const rest = (shown, count) =>
    count > shown.length ? el("p.hint", null, t("listed.cut", number(shown.length), number(count))) : null;
  return [
    devices.length
      ? part(
          "devices",
          el(
            "ul.names",
            null,
            devices.map((one) =>
              el(
                "li",
                { "data-key": one.id },
                told("device", one.state),
                " ",
                link("device", one.id),
                one.name ? ` ${one.name}` : null,
              ),
            ),
          ),
          rest(devices, devices_count),
        )
      : null,
    fields.length
      ? el(
          "section.part",
          { "data-key": "fields" },
          el("h2", null, t("fields")),
          fieldGroups(fields),
          rest(fields, fields_count),
        )
      : null,
  ];
}

// Those that do not work one by one, by district; those that do in a list that opens.
function fieldGroups(fields) {
  const bad = fields
    .filter((one) => one.state !== "fine")
    .sort((a, b) => gravity(a.state) - gravity(b.state) || a.district.localeCompare(b.district));
  const fine = fields.filter((one) => one.state === "fine");
  const item = (one) =>
    el(
      "li",
      { "data-key": one.id },
      told("field", one.state),
      because(one.state, one.cause),
      " ",
      link("field_device", one.id),
      one.name ? ` ${one.name}` : null,
      one.district ? el("span.hint", null, ` ${one.district}`) : null,
    );
  return [
    bad.length ? el("ul.names", { "data-key": "bad" }, bad.map(item)) : null,
    fine.length
      ? el(
          "details",
          { "data-key": "fine", open: fine.length <= 12 },
          el("summary", null, mark("fine"), `${number(fine.length)} ${word("field", "fine")}`),
          el(
            "ul.names",
            null,
            fine.map((one) =>
              el("li", { "data-key": one.id }, link("field_device", one.id), one.name ? ` ${one.name}` : null),
            ),
          ),
        )
      : null,
  ];
}
