// A ring as a ring, a line as a line, with each break in its place, and what is lost beside each device.
//
// The devices of a ring stand on the two sides of a racetrack, the one nearest to the middle of the network on top; what
// hangs on them goes outwards, a row for each device. Widths fit a phone; a drawing is as long as the ring is big.

import { el, svg } from "./dom.js";
import { address, link as linkTo, time } from "./format.js";
import { mark, shape, told, tone } from "./marks.js";
import { state as word, t } from "./words.js";

const ROW = 46;
const STEP = 22; // outwards, for each hop away from the ring
const NODE = 9;
const TOP = 64;

// `record` as the server tells it.
export function drawing(record) {
  if (!record || !record.around.length) return null;
  const plan = record.around.length > 1 && record.links.length ? ring(record) : line(record);
  const broken = allLinks(record).filter((one) => one.broken).length;
  const label = t("drawing.label", Object.keys(record.nodes).length, broken);
  return el("figure.drawing", { "data-key": `drawing-${record.kind}-${record.id}` },
    el("figcaption", null, el("a", { href: address(record.kind, record.id) },
      t(`drawing.${record.kind}`, record.name ? `${record.id} · ${record.name}` : record.id))),
    svg("svg", { viewBox: `0 0 ${plan.width} ${plan.height}`, width: plan.width, height: plan.height, role: "group", "aria-label": label },
      plan.lines.map((one) => one()), plan.breaks.map((one) => one()), plan.nodes.map((one) => one())),
    record.beyond ? el("p.hint", null, t("drawing.beyond", record.beyond)) : null,
    list(record));
}

function allLinks(record) {
  return [...record.links, ...record.branches.map((one) => one.link)];
}

// What hangs on each device: id -> [{device, link, depth}], depth first
function hanging(record) {
  const depth = new Map(record.around.map((name) => [name, 0]));
  const root = new Map(record.around.map((name) => [name, name]));
  const found = new Map(record.around.map((name) => [name, []]));
  for (const one of record.branches) {
    depth.set(one.device, (depth.get(one.above) ?? 0) + 1);
    root.set(one.device, root.get(one.above));
    found.get(root.get(one.device))?.push({ ...one, depth: depth.get(one.device) });
  }
  return found;
}

function ring(record) {
  const hung = hanging(record);
  const [top, ...rest] = record.around;
  const half = Math.ceil(rest.length / 2);
  const rows = (names) => names.flatMap((name) => [{ device: name, depth: 0 }, ...hung.get(name)]);
  const right = rows(rest.slice(0, half));
  const left = rows(rest.slice(half).reverse());
  const above = hung.get(top);
  const tall = Math.max(left.length, right.length, 1);
  const head = TOP + above.length * 30;
  const width = 720, x = { left: 270, right: 450 };
  const height = head + tall * ROW + 70;
  const at = new Map([[top, { x: 360, y: head - 40, side: "top" }]]);
  const spread = (side, names) => {
    const pitch = (tall * ROW) / names.length;
    names.forEach((one, place) => {
      const out = (side === "right" ? 1 : -1) * one.depth * STEP;
      at.set(one.device, { x: x[side] + out, y: head + 34 + pitch * (place + 0.5) - ROW / 2, side });
    });
  };
  spread("right", right);
  spread("left", left);
  above.forEach((one, place) => at.set(one.device, { x: 360 + one.depth * STEP, y: 24 + place * 30, side: "right" }));
  const plan = { width, height, lines: [], breaks: [], nodes: [] };
  const closes = record.links.length === record.around.length;
  record.around.forEach((name, place) => {
    const next = record.around[(place + 1) % record.around.length];
    const link = record.links[place];
    if (link) join(plan, link, along(at.get(name), at.get(next), { head, bottom: height - 26, x }));
    else if (record.closed && !closes) through(plan, record, along(at.get(name), at.get(next), { head, bottom: height - 26, x }));
  });
  hang(plan, record, at);
  for (const [name, place] of at) node(plan, name, record.nodes[name], place);
  return plan;
}

// The way between two neighbours on the racetrack: straight on a side, round at the ends; and where its middle is.
function along(a, b, { bottom, x }) {
  const round = (from, to, y) => ({
    d: `M${from.x} ${from.y}V${y - 30}Q${from.x} ${y} ${(from.x + to.x) / 2} ${y}T${to.x} ${y - 30}V${to.y}`,
    middle: { x: (from.x + to.x) / 2, y },
  });
  if (a.side === "top" || b.side === "top") {
    const [crown, side] = a.side === "top" ? [a, b] : [b, a];
    const corner = x[side.side];
    return {
      d: `M${crown.x} ${crown.y}H${corner + (side.side === "right" ? -34 : 34)}Q${corner} ${crown.y} ${corner} ${crown.y + 34}V${side.y}`,
      middle: { x: corner, y: (crown.y + 34 + side.y) / 2 },
    };
  }
  if (a.side === b.side) return { d: `M${a.x} ${a.y}L${b.x} ${b.y}`, middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } };
  return round(a, b, bottom);
}

function line(record) {
  const rows = record.around.flatMap((name) => [{ device: name, depth: 0 }, ...hanging(record).get(name)]);
  const at = new Map(rows.map((one, place) => [one.device, { x: 30 + one.depth * STEP, y: 30 + place * ROW, side: "right" }]));
  const deepest = Math.max(...rows.map((one) => one.depth));
  const plan = { width: Math.max(420, 330 + deepest * STEP), height: rows.length * ROW + 20, lines: [], breaks: [], nodes: [] };
  hang(plan, record, at);
  for (const [name, place] of at) node(plan, name, record.nodes[name], place);
  return plan;
}

function hang(plan, record, at) {
  for (const one of record.branches) {
    const from = at.get(one.above), to = at.get(one.device);
    if (!from || !to) continue;
    join(plan, one.link, { d: `M${from.x} ${from.y}V${to.y}H${to.x}`, middle: { x: from.x, y: (from.y + to.y) / 2 + 6 } });
  }
}

function join(plan, link, way) {
  const name = link.broken ? "broken" : tone(link.state);
  const title = `${link.id} ${link.cables.join(", ")}: ${word("link", link.state)}`;
  plan.lines.push(() => svg("a", { href: address("link", link.id), tabindex: "-1", "aria-hidden": "true" },
    svg(`path.way.${name}${link.backup || link.over ? ".beside" : ""}`, { d: way.d }, svg("title", null, title))));
  if (link.broken) plan.breaks.push(() => cut(link, way.middle, title));
}

// The break itself: a gap with a cross, and the cable it is in.
function cut(link, { x, y }, title) {
  const cables = link.cables.join(", ") || link.id;
  const wide = 30 + cables.length * 7.6;
  return svg("a.break", { href: address(link.cables.length === 1 ? "cable" : "link", link.cables.length === 1 ? link.cables[0] : link.id), "aria-label": `${t("break")}: ${title}` },
    svg("rect", { x: x - wide / 2, y: y - 12, width: wide, height: 24, rx: 12 }),
    svg("path.cut", { d: `M${x - wide / 2 + 9} ${y - 4}l8 8m0 -8l-8 8` }),
    svg("text", { x: x + 9, y: y + 4.5, "text-anchor": "middle" }, cables));
}

function through(plan, record, way) {
  plan.lines.push(() => svg("path.way.parent", { d: way.d }));
  if (record.parent) {
    plan.lines.push(() => svg("text.caption", { x: way.middle.x, y: way.middle.y + 16, "text-anchor": "middle" }, t("drawing.through", record.parent)));
  }
}

function node(plan, name, told, { x, y, side }) {
  const lost = Object.entries(told.fields).filter(([one]) => one !== "fine").reduce((sum, [, count]) => sum + count, 0);
  const whole = Object.values(told.fields).reduce((sum, count) => sum + count, 0);
  const left = side === "left";
  const anchor = side === "top" ? "middle" : left ? "end" : "start";
  const textX = side === "top" ? x : x + (left ? -16 : 16);
  const textY = side === "top" ? y - 26 : y - 3;
  const status = told.state === "up" ? "" : ` · ${word("device", told.state)}`;
  const below = lost ? `${t("lost.count", `${lost}/${whole}`)}` : whole ? `${told.site} · ${whole}` : told.site;
  plan.nodes.push(() => svg(`a.node.${tone(told.state)}`, { href: address("device", name), "aria-label": `${name} ${told.name}: ${word("device", told.state)}${lost ? `, ${t("lost.count", lost)}` : ""}` },
    svg("rect.target", { x: side === "top" ? x - 90 : left ? x - 200 : x - 16, y: side === "top" ? y - 44 : y - 21, width: side === "top" ? 180 : 216, height: side === "top" ? 60 : 42, rx: 6 }),
    shape(tone(told.state), x, y, NODE),
    svg("text.name", { x: textX, y: textY, "text-anchor": anchor }, name, svg("tspan.state", null, status)),
    svg(`text.place${lost ? ".lost" : ""}`, { x: textX, y: textY + 15, "text-anchor": anchor }, below)));
}

// The same as a list, for whoever reads by ear or wants the order of the links.
function list(record) {
  const links = allLinks(record);
  if (!links.length) return null;
  return el("details.links", { "data-key": "links" }, el("summary", null, t("drawing.links")),
    el("ol", null, links.map((one) => el("li", null, linkTo("link", one.id), " ", linkTo("device", one.a), " – ", linkTo("device", one.b), " ",
      told("link", one.state), one.broken ? [" ", time(one.since_s)] : null, one.cables.length ? ` (${one.cables.join(", ")})` : null))));
}
