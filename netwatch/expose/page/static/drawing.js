// A ring as a ring, a line as a line, with each break in its place, and what is lost beside each device.
//
// The devices of a ring stand on the two sides of a racetrack, the one nearest to the middle of the network on top; what
// hangs on them goes outwards, a row for each device. A drawing is as long as the ring is big, and as wide as the screen.

import { el, svg } from "./dom.js";
import { address, link as linkTo, split, time } from "./format.js";
import { shape, told, tone } from "./marks.js";
import { state as word, t } from "./words.js";

const ROW = 58;
const NODE = 9;
const BEND = 42; // below the topmost device, before the rows begin: a break stands there, apart from the next device
const WIDE = { width: 720, left: 262, right: 458, step: 26 };
const NARROW = { width: 372, left: 138, right: 234, step: 14 };
const isNarrow = matchMedia("(max-width: 46rem)");

// `record` as the server tells it; `subject` is what it is shown for, and stands out; `narrow` where there is little room.
export function drawing(record, subject = "", { narrow = false } = {}) {
  if (!record || !record.around.length) return null;
  const frame = narrow || isNarrow.matches ? NARROW : WIDE;
  const chosen = split(subject)[1].split(" ")[0];
  const plan = { lines: [], breaks: [], nodes: [], frame, chosen };
  if (record.around.length > 1 && record.links.length) ring(record, plan);
  else line(record, plan);
  const broken = allLinks(record).filter((one) => one.broken).length;
  const label = t("drawing.label", Object.keys(record.nodes).length, broken);
  return el(
    "figure.drawing",
    { "data-key": `drawing-${record.kind}-${record.id}` },
    el(
      "figcaption",
      null,
      el(
        "a",
        { href: address(record.kind, record.id) },
        t(`drawing.${record.kind}`, record.name ? `${record.id} · ${record.name}` : record.id),
      ),
    ),
    svg(
      "svg",
      {
        viewBox: `0 0 ${frame.width} ${plan.height}`,
        width: frame.width,
        height: plan.height,
        role: "group",
        "aria-label": label,
      },
      plan.lines,
      plan.breaks,
      plan.nodes,
    ),
    record.beyond ? el("p.hint", null, t("drawing.beyond", record.beyond)) : null,
    list(record),
  );
}

function allLinks(record) {
  return [...record.links, ...record.branches.map((one) => one.link)];
}

// What hangs on each device around: id -> [{device, depth}], depth first
function hanging(record) {
  const depth = new Map(record.around.map((name) => [name, 0]));
  const root = new Map(record.around.map((name) => [name, name]));
  const found = new Map(record.around.map((name) => [name, []]));
  for (const { above, device } of record.branches) {
    depth.set(device, (depth.get(above) ?? 0) + 1);
    root.set(device, root.get(above));
    found.get(root.get(device))?.push({ device, depth: depth.get(device) });
  }
  return found;
}

function ring(record, plan) {
  const { width, left, right, step } = plan.frame;
  const hung = hanging(record);
  const [top, ...rest] = record.around;
  const half = Math.ceil(rest.length / 2);
  const rows = (names) => names.flatMap((name) => [{ device: name, depth: 0 }, ...hung.get(name)]);
  const sides = { right: rows(rest.slice(0, half)), left: rows(rest.slice(half).reverse()) };
  const above = hung.get(top);
  const tall = Math.max(sides.left.length, sides.right.length, 2) * ROW;
  const crown = 58 + above.length * ROW;
  const bottom = crown + BEND + tall + 26;
  plan.height = bottom + 34;
  const at = new Map();
  above.forEach(({ device, depth }, place) =>
    at.set(device, { x: width / 2 + depth * step, y: 24 + place * ROW, side: "right" }),
  );
  at.set(top, { x: width / 2, y: crown, side: "top" });
  for (const [side, names] of Object.entries(sides)) {
    const [x, out, pitch] = [side === "right" ? right : left, side === "right" ? step : -step, tall / names.length];
    names.forEach(({ device, depth }, place) =>
      at.set(device, { x: x + out * depth, y: crown + BEND + pitch * (place + 0.5), side }),
    );
  }
  record.around.forEach((name, place) => {
    const way = along(at.get(name), at.get(record.around[(place + 1) % record.around.length]), plan.frame, bottom);
    if (record.links[place]) join(plan, record.links[place], way);
    else if (record.closed) through(plan, record, way);
  });
  finish(plan, record, at);
}

// The way between two neighbours on the racetrack: straight on a side, round at the ends; where its middle is; and on
// which side of that there is room inside the ring.
function along(a, b, { left, right }, bottom) {
  const middle = (left + right) / 2;
  if (a.side === "top" || b.side === "top") {
    const [crown, side] = a.side === "top" ? [a, b] : [b, a];
    const x = side.side === "right" ? right : left;
    return {
      d: `M${crown.x} ${crown.y}H${x + Math.sign(middle - x) * 34}Q${x} ${crown.y} ${x} ${crown.y + 34}V${side.y}`,
      x,
      y: (crown.y + 24 + side.y) / 2,
      inside: Math.sign(middle - x),
    };
  }
  if (a.side === b.side)
    return { d: `M${a.x} ${a.y}L${b.x} ${b.y}`, x: a.x, y: (a.y + b.y) / 2, inside: Math.sign(middle - a.x) };
  const from = a.x < b.x ? a : b,
    to = a.x < b.x ? b : a;
  return {
    d: `M${from.x} ${from.y}V${bottom - 34}Q${from.x} ${bottom} ${from.x + 34} ${bottom}H${to.x - 34}Q${to.x} ${bottom} ${to.x} ${bottom - 34}V${to.y}`,
    x: middle,
    y: bottom,
    inside: 0,
  };
}

function line(record, plan) {
  const hung = hanging(record);
  const rows = record.around.flatMap((name) => [{ device: name, depth: 0 }, ...hung.get(name)]);
  const at = new Map(
    rows.map(({ device, depth }, place) => [
      device,
      { x: 28 + depth * plan.frame.step, y: 28 + place * ROW, side: "right" },
    ]),
  );
  plan.height = rows.length * ROW + 12;
  finish(plan, record, at);
}

function finish(plan, record, at) {
  for (const { above, device, link } of record.branches) {
    const from = at.get(above),
      to = at.get(device);
    if (from && to)
      join(plan, link, {
        d: `M${from.x} ${from.y}V${to.y}H${to.x}`,
        x: from.x,
        y: to.y - ROW / 2 + 4,
        inside: to.x < from.x ? 1 : -1,
      });
  }
  for (const [name, place] of at) node(plan, name, record.nodes[name], place);
}

function join(plan, link, way) {
  const title = `${link.id} ${link.cables.join(", ")}: ${word("link", link.state)}`;
  plan.lines.push(
    svg(
      `path.way.${link.broken ? "broken" : tone(link.state)}${link.backup || link.over ? ".beside" : ""}`,
      { d: way.d },
      svg("title", null, title),
    ),
  );
  if (link.broken) plan.breaks.push(cut(link, way, title));
}

// The break itself: a cross on the way, and the cable it is in, inside the ring.
function cut(link, { x, y, inside }, title) {
  const name = link.cables.join(", ") || link.id;
  const wide = 16 + width(name, 13);
  const begin = inside === 0 ? x - wide / 2 : inside > 0 ? x + 15 : x - 15 - wide;
  const up = inside === 0 ? y - 38 : y - 12;
  const single = link.cables.length === 1;
  return svg(
    "a.break",
    {
      href: single ? address("cable", link.cables[0]) : address("link", link.id),
      "aria-label": `${t("break")}: ${title}`,
    },
    svg("circle", { cx: x, cy: y, r: 11 }),
    svg("path.cut", { d: `M${x - 4.5} ${y - 4.5}l9 9m0 -9l-9 9` }),
    svg("rect", { x: begin, y: up, width: wide, height: 24, rx: 6 }),
    svg("text", { x: begin + wide / 2, y: up + 16.5, "text-anchor": "middle" }, name),
  );
}

// A sub-ring: the ring it hangs on closes it.
function through(plan, record, way) {
  plan.lines.push(svg("path.way.parent", { d: way.d }));
  if (record.parent)
    plan.lines.push(
      svg(
        "text.caption",
        { x: plan.frame.width / 2, y: way.y + 20, "text-anchor": "middle" },
        t("drawing.through", record.parent),
      ),
    );
}

function node(plan, name, told, { x, y, side }) {
  const counts = Object.entries(told.fields);
  const whole = counts.reduce((sum, [, count]) => sum + count, 0);
  const lost = whole - (told.fields.fine ?? 0);
  const troubles = [
    lost ? t("lost.count", `${lost}/${whole}`) : "",
    told.state === "up" ? "" : word("device", told.state),
  ].filter(Boolean);
  const trouble = plan.frame === NARROW ? troubles[0] : troubles.join(" · "); // the sign tells the state as well
  const left = side === "left";
  const anchor = side === "top" ? "middle" : left ? "end" : "start";
  const room = side === "top" ? 240 : left ? x - 18 : plan.frame.width - x - 18;
  const [textX, textY] = side === "top" ? [x, y - 32] : [x + (left ? -17 : 17), y - 3];
  const label = `${name} ${told.name}: ${word("device", told.state)}${lost ? `, ${t("lost.count", lost)}` : ""}`;
  const target = side === "top" ? { x: x - 90, y: y - 48 } : { x: left ? x - Math.min(room, 190) : x - 16, y: y - 22 };
  plan.nodes.push(
    svg(
      `a.node.${tone(told.state)}${name === plan.chosen ? ".chosen" : ""}`,
      { href: address("device", name), "aria-label": label },
      svg("rect.target", {
        ...target,
        width: side === "top" ? 180 : Math.min(room, 190) + 16,
        height: side === "top" ? 64 : 44,
        rx: 6,
      }),
      shape(tone(told.state), x, y, NODE),
      svg("text.name", { x: textX, y: textY, "text-anchor": anchor }, clip(name, room, 15)),
      svg(
        `text.place${trouble ? ".lost" : ""}`,
        { x: textX, y: textY + 16, "text-anchor": anchor },
        clip(trouble || told.site, room, 12.5),
      ),
    ),
  );
}

// About how wide a text is: letters beyond Latin take a whole square
function width(text, size) {
  return [...text].reduce((sum, letter) => sum + (letter.codePointAt(0) > 0x2e80 ? 0.95 : 0.58) * size, 0);
}

function clip(text, room, size) {
  if (width(text, size) <= room) return text;
  const letters = [...text];
  while (letters.length && width(letters.join("") + "…", size) > room) letters.pop();
  return letters.join("") + "…";
}

// The same as a list, for whoever reads by ear or wants the order of the links.
function list(record) {
  const links = allLinks(record);
  if (!links.length) return null;
  return el(
    "details.links",
    { "data-key": "links" },
    el("summary", null, t("drawing.links")),
    el(
      "ol",
      null,
      links.map((one) =>
        el(
          "li",
          null,
          linkTo("link", one.id),
          " ",
          linkTo("device", one.a),
          " – ",
          linkTo("device", one.b),
          " ",
          told("link", one.state),
          one.broken ? [" ", time(one.since_s)] : null,
          one.cables.length ? ` (${one.cables.join(", ")})` : null,
        ),
      ),
    ),
  );
}
