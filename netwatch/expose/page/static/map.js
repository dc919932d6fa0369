// The sites by their state: on a map drawn from their own coordinates, and by district, which needs none.

import { el, svg, unless } from "./dom.js";
import { address, link, number } from "./format.js";
import { gravity, pill, told, tone } from "./marks.js";
import { of, version } from "./stream.js";
import { state, t } from "./words.js";

const WIDE = 1000;
const MOST_SPANS = 4000; // beyond, only those are drawn that are not well
const eye = { zoom: 1, x: 0.5, y: 0.5 }; // what of the map is shown: kept while the page is open

export function sites() {
  return [...of("site").entries()].map(([id, one]) => ({ id, ...one }));
}

export function byDistrict(all) {
  const districts = new Map();
  for (const one of all) {
    if (!districts.has(one.district)) districts.set(one.district, []);
    districts.get(one.district).push(one);
  }
  return [...districts].sort(([a], [b]) => a.localeCompare(b));
}

function troubled(all) {
  return all.filter((one) => one.state !== "fine");
}

// Longitude and latitude -> the plane: degrees of longitude are as wide as they are at the city's latitude.
function projection(placed, shape) {
  const lats = placed.map((one) => one.at[0]),
    lons = placed.map((one) => one.at[1]);
  const [south, north, west, east] = [least(lats), most(lats), least(lons), most(lons)];
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const wide = Math.max((east - west) * shrink, 1e-4),
    tall = Math.max(north - south, 1e-4);
  const height = Math.round(WIDE * Math.min(Math.max(tall / wide, shape[0]), shape[1]));
  const scale = Math.min((WIDE - 130) / wide, (height - 130) / tall);
  const places = new Map(
    placed.map((one) => [
      one.id,
      {
        x: WIDE / 2 + (one.at[1] - (west + east) / 2) * shrink * scale,
        y: height / 2 - (one.at[0] - (south + north) / 2) * scale,
      },
    ]),
  );
  return { height, places };
}

const least = (values) => values.reduce((a, b) => Math.min(a, b));
const most = (values) => values.reduce((a, b) => Math.max(a, b));
const isNarrow = matchMedia("(max-width: 46rem)");

export function map({ small = false } = {}) {
  const as = [small, isNarrow.matches, ...(small ? [] : [eye.zoom, eye.x, eye.y]), version("site"), version("span")];
  return unless(`map ${as.join(" ")}`, () => drawn(small));
}

function drawn(small) {
  const placed = sites().filter((one) => one.at);
  if (!placed.length) return null;
  const { height, places } = projection(placed, small ? [0.55, 0.85] : isNarrow.matches ? [0.9, 1.4] : [0.5, 0.62]);
  const zoom = small ? 1 : eye.zoom;
  const size = (isNarrow.matches && !small ? 1.9 : small ? 2 : 1) / zoom; // of what is drawn, in the units of the map
  const [wide, tall] = [WIDE / zoom, height / zoom];
  const left = small ? 0 : clamp(eye.x * WIDE - wide / 2, WIDE - wide),
    up = small ? 0 : clamp(eye.y * height - tall / 2, height - tall);
  const label = t("map.label", number(placed.length), number(troubled(placed).length));
  const dense = Math.max(0.5, Math.min(1, Math.sqrt(150 / placed.length))) * (zoom > 3 ? 1.5 : 1);
  const order = [...placed].sort((a, b) => gravity(b.state) - gravity(a.state));
  const named = names(troubled(order).reverse(), places, size);
  return svg(
    "svg.map",
    {
      viewBox: `${left} ${up} ${wide} ${tall}`,
      role: "group",
      "aria-label": label,
      "data-do": small ? null : "map",
      "data-key": "map",
    },
    svg("g.spans", { "data-key": "spans" }, spans(places, size)),
    order.map((one) => site(one, places.get(one.id), size, dense)),
    byDistrict(placed).map(([name, there]) =>
      district(
        name,
        there.map((one) => places.get(one.id)),
        size,
      ),
    ),
    small ? null : order.filter((one) => named.has(one.id)).map((one) => nameOf(one, places.get(one.id), size)),
  );
}

const clamp = (value, limit) => Math.max(0, Math.min(value, limit));

// What joins the sites; the broken ones last, so that they lie on top, each with its cross.
function spans(places, size) {
  let all = [...of("span")].filter(([key]) => key.split(" ").every((one) => places.has(one)));
  const isBroken = ([, one]) => one.state === "broken";
  if (all.length > MOST_SPANS) all = all.filter(([, one]) => tone(one.state) !== "good");
  return [...all.filter((one) => !isBroken(one)), ...all.filter(isBroken)].map(([key, one]) =>
    span(
      key,
      one,
      key.split(" ").map((id) => places.get(id)),
      size,
    ),
  );
}

function span(key, one, [a, b], size) {
  const way = svg(`line.span.${one.state === "broken" ? "broken" : tone(one.state)}`, {
    "data-key": key,
    x1: a.x,
    y1: a.y,
    x2: b.x,
    y2: b.y,
  });
  if (one.state !== "broken") return way;
  const [x, y, arm] = [(a.x + b.x) / 2, (a.y + b.y) / 2, 5 * size];
  return svg(
    "a.break",
    { "data-key": key, href: address("link", one.links[0]), "aria-label": `${t("break")} ${one.links.join(", ")}` },
    way,
    svg("circle", { cx: x, cy: y, r: 11 * size }),
    svg("path.cut", {
      d: `M${x - arm} ${y - arm}l${2 * arm} ${2 * arm}m0 ${-2 * arm}l${-2 * arm} ${2 * arm}`,
      "stroke-width": 2.6 * size,
    }),
  );
}

// Which sites are named: the worst first, as long as no name lies on another.
function names(worst, places, size) {
  const taken = [];
  const named = new Set();
  for (const one of worst.slice(0, 200)) {
    const { x, y } = places.get(one.id);
    const half = (one.name || one.id).length * 9 * size;
    const box = [x - half, y - 44 * size, x + half, y - 20 * size];
    if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]))
      continue;
    taken.push(box);
    named.add(one.id);
  }
  return named;
}

function site(one, { x, y }, size, dense) {
  const isWell = one.state === "fine";
  const dot = svg(`circle.site.${tone(one.state)}`, { cx: x, cy: y, r: (isWell ? 5 : 9) * size * dense });
  const name = one.name || one.id;
  if (isWell) return svg("g", { "data-key": one.id }, dot, svg("title", null, name));
  return svg(
    "a",
    { "data-key": one.id, href: address("site", one.id), "aria-label": `${name}: ${state("site", one.state)}` },
    svg("circle.target", { cx: x, cy: y, r: 20 * size }),
    svg(`circle.halo.${tone(one.state)}`, { cx: x, cy: y, r: 16 * size * dense }),
    dot,
  );
}

function nameOf(one, { x, y }, size) {
  return svg(
    "text.name",
    {
      "data-key": `name ${one.id}`,
      x,
      y: y - 22 * size,
      "text-anchor": "middle",
      "font-size": 16 * size,
      "aria-hidden": "true",
    },
    one.name || one.id,
  );
}

function district(name, there, size) {
  if (!name || there.length < 2) return null;
  const x = there.reduce((sum, one) => sum + one.x, 0) / there.length,
    y = there.reduce((sum, one) => sum + one.y, 0) / there.length;
  return svg(
    "text.quarter",
    { "data-key": `district ${name}`, x, y, "text-anchor": "middle", "font-size": 18 * size, "aria-hidden": "true" },
    name,
  );
}

export function mapPage() {
  const all = sites();
  const drawn = map();
  const unplaced = all.filter((one) => !one.at).length;
  return [
    el("h1", { "data-key": "h1" }, t("map.title"), " ", counts(all)),
    drawn
      ? el(
          "section.mapframe",
          { "data-key": "map", tabindex: "0", "aria-label": t("nav.map"), "data-do": "mapkeys" },
          drawn,
          el("p.zoom", { "data-key": "zoom" }, zoomButton("in", "+"), zoomButton("out", "−"), zoomButton("whole", "⤢")),
        )
      : el("p.hint", { "data-key": "none" }, t("map.none")),
    drawn && unplaced ? el("p.hint", { "data-key": "unplaced" }, t("map.unplaced", number(unplaced))) : null,
    el(
      "div.districts",
      { "data-key": "districts" },
      byDistrict(all).map(([name, there]) => districtPart(name, there)),
    ),
  ];
}

function zoomButton(what, sign) {
  return el(
    "button",
    { type: "button", "data-do": "zoom", "data-zoom": what, "aria-label": t(`map.${what}`), title: t(`map.${what}`) },
    sign,
  );
}

function counts(all) {
  const number_ = troubled(all).length;
  return el("small", null, number_ ? t("map.troubled", number(number_)) : t("map.well", number(all.length)));
}

// What is not well is always told; the rest on demand, a tile each.
function districtPart(name, there) {
  const worst = troubled(there).sort((a, b) => gravity(a.state) - gravity(b.state));
  const well = there.filter((one) => one.state === "fine");
  return el(
    "section.district",
    { "data-key": name },
    el("h2", null, name || t("district.none"), " ", counts(there)),
    worst.length
      ? el(
          "ul.sites",
          { "data-key": "worst" },
          worst
            .slice(0, 40)
            .map((one) =>
              el(
                "li",
                { "data-key": one.id },
                pill("site", one.state),
                " ",
                link("site", one.id, one.name || one.id),
                " ",
                extent(one),
              ),
            ),
        )
      : null,
    worst.length > 40 ? el("p.hint", null, t("and.more", number(worst.length - 40))) : null,
    well.length
      ? el(
          "details",
          { "data-key": "well", "data-lazy": name },
          el("summary", null, t("map.well", number(well.length))),
          opened.has(name) ? tiles(well) : null,
        )
      : null,
  );
}

const opened = new Set(); // districts whose tiles the reader has asked for

export function toggleDistrict(name, isOpen) {
  if (isOpen === opened.has(name)) return false;
  if (isOpen) opened.add(name);
  else opened.delete(name);
  return true;
}

function tiles(well) {
  return el(
    "ul.tiles",
    { "data-key": "tiles" },
    well.map((one) => el("li", { "data-key": one.id }, link("site", one.id, one.name || one.id))),
  );
}

function extent(one) {
  const bad = Object.entries(one.devices)
    .filter(([state]) => state !== "up")
    .map(([state, count]) => [told("device", state), count > 1 ? ` × ${count}` : ""]);
  const fields = Object.entries(one.fields)
    .filter(([state]) => state !== "fine")
    .reduce((sum, [, count]) => sum + count, 0);
  return el(
    "span.extent",
    null,
    one.state === "partly" || !fields ? bad : null,
    fields ? ` ${t("lost.count", fields)}` : null,
  );
}

export function zoom(what) {
  if (what === "whole") Object.assign(eye, { zoom: 1, x: 0.5, y: 0.5 });
  else eye.zoom = Math.max(1, Math.min(16, eye.zoom * (what === "in" ? 1.6 : 1 / 1.6)));
}

export function pan(x, y) {
  const half = 0.5 / eye.zoom;
  eye.x = Math.max(half, Math.min(1 - half, eye.x + x / eye.zoom));
  eye.y = Math.max(half, Math.min(1 - half, eye.y + y / eye.zoom));
}

// The site nearest to where the map was touched, within a finger's width; null: none.
export function siteAt(frame, clientX, clientY) {
  let best = null,
    distance = 24;
  for (const dot of frame.querySelectorAll("circle.site")) {
    const box = dot.getBoundingClientRect();
    const away = Math.hypot(box.x + box.width / 2 - clientX, box.y + box.height / 2 - clientY);
    if (away < distance) [best, distance] = [dot.parentNode.dataset.key, away];
  }
  return best;
}
