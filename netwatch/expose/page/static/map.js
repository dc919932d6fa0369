// The sites by their state: on a map drawn from their own coordinates, and by district, which needs none.

import { el, svg } from "./dom.js";
import { address, link, number } from "./format.js";
import { gravity, pill, told, tone } from "./marks.js";
import { of } from "./stream.js";
import { t } from "./words.js";

const WIDE = 1000;
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
function projection(placed) {
  const lats = placed.map((one) => one.at[0]), lons = placed.map((one) => one.at[1]);
  const [south, north, west, east] = [least(lats), most(lats), least(lons), most(lons)];
  const shrink = Math.cos(((south + north) / 2) * Math.PI / 180);
  const wide = Math.max((east - west) * shrink, 1e-4), tall = Math.max(north - south, 1e-4);
  const height = Math.round(Math.min(Math.max((tall / wide) * WIDE, 420), 1300));
  const scale = Math.min((WIDE - 120) / wide, (height - 120) / tall);
  const x = (lon) => WIDE / 2 + (lon - (west + east) / 2) * shrink * scale;
  const y = (lat) => height / 2 - (lat - (south + north) / 2) * scale;
  return { height, place: (one) => ({ x: x(one.at[1]), y: y(one.at[0]) }) };
}

const least = (values) => values.reduce((a, b) => Math.min(a, b));
const most = (values) => values.reduce((a, b) => Math.max(a, b));

export function map({ small = false } = {}) {
  const all = sites();
  const placed = all.filter((one) => one.at);
  if (!placed.length) return null;
  const { height, place } = projection(placed);
  const zoom = small ? 1 : eye.zoom;
  const size = 1 / zoom;
  const [wide, tall] = [WIDE / zoom, height / zoom];
  const left = small ? 0 : clamp(eye.x * WIDE - wide / 2, WIDE - wide), up = small ? 0 : clamp(eye.y * height - tall / 2, height - tall);
  const label = t("map.label", number(placed.length), number(troubled(placed).length));
  const order = [...placed].sort((a, b) => gravity(b.state) - gravity(a.state));
  return svg("svg.map", { viewBox: `${left} ${up} ${wide} ${tall}`, role: "group", "aria-label": label, "data-do": small ? null : "map", "data-key": "map", "data-height": height },
    order.map((one) => site(one, place(one), size, small)),
    byDistrict(placed).map(([name, there]) => district(name, there.map(place), size, small)));
}

const clamp = (value, limit) => Math.max(0, Math.min(value, limit));

function site(one, { x, y }, size, small) {
  const isWell = one.state === "fine";
  const dot = svg(`circle.site.${tone(one.state)}`, { cx: x, cy: y, r: (isWell ? 7 : 12) * size });
  if (isWell) return svg("g", { "data-key": one.id, "data-site": one.id }, dot, small ? null : svg("title", null, one.name || one.id));
  return svg("a", { "data-key": one.id, href: address("site", one.id), "aria-label": `${one.name || one.id}: ${t(`site.${one.state}`) === `site.${one.state}` ? t(one.state) : t(`site.${one.state}`)}` },
    svg("circle.target", { cx: x, cy: y, r: 26 * size }), svg(`circle.halo.${tone(one.state)}`, { cx: x, cy: y, r: 20 * size }), dot,
    small || one.state === "unknown" ? null : svg("text.name", { x, y: y - 24 * size, "text-anchor": "middle", "font-size": 20 * size }, one.name || one.id));
}

function district(name, places, size, small) {
  if (!name) return null;
  const x = places.reduce((sum, one) => sum + one.x, 0) / places.length, y = places.reduce((sum, one) => sum + one.y, 0) / places.length;
  return svg("text.district", { "data-key": `district ${name}`, x, y, "text-anchor": "middle", "font-size": (small ? 34 : 26) * size, "aria-hidden": "true" }, name);
}

export function mapPage() {
  const all = sites();
  const drawn = map();
  const unplaced = all.filter((one) => !one.at).length;
  return [
    el("h1", { "data-key": "h1" }, t("map.title"), " ", counts(all)),
    drawn ? el("section.mapframe", { "data-key": "map", tabindex: "0", "aria-label": t("nav.map"), "data-do": "mapkeys" }, drawn,
      el("p.zoom", { "data-key": "zoom" }, zoomButton("in", "+"), zoomButton("out", "−"), zoomButton("whole", "⤢"))) : el("p.hint", { "data-key": "none" }, t("map.none")),
    drawn && unplaced ? el("p.hint", { "data-key": "unplaced" }, t("map.unplaced", number(unplaced))) : null,
    el("div.districts", { "data-key": "districts" }, byDistrict(all).map(([name, there]) => districtPart(name, there))),
  ];
}

function zoomButton(what, sign) {
  return el("button", { type: "button", "data-do": "zoom", "data-zoom": what, "aria-label": t(`map.${what}`), title: t(`map.${what}`) }, sign);
}

function counts(all) {
  const number_ = troubled(all).length;
  return el("small", null, number_ ? t("map.troubled", number(number_)) : t("map.well", number(all.length)));
}

// What is not well is always told; the rest on demand, a tile each.
function districtPart(name, there) {
  const worst = troubled(there).sort((a, b) => gravity(a.state) - gravity(b.state));
  const well = there.filter((one) => one.state === "fine");
  return el("section.district", { "data-key": name },
    el("h2", null, name || t("district.none"), " ", counts(there)),
    worst.length ? el("ul.sites", { "data-key": "worst" }, worst.slice(0, 40).map((one) => el("li", { "data-key": one.id }, pill("site", one.state), " ", link("site", one.id, one.name || one.id), " ", extent(one)))) : null,
    worst.length > 40 ? el("p.hint", null, t("and.more", number(worst.length - 40))) : null,
    well.length ? el("details", { "data-key": "well", "data-lazy": name }, el("summary", null, t("map.well", number(well.length))), opened.has(name) ? tiles(well) : null) : null);
}

const opened = new Set(); // districts whose tiles the reader has asked for

export function toggleDistrict(name, isOpen) {
  if (isOpen === opened.has(name)) return false;
  if (isOpen) opened.add(name);
  else opened.delete(name);
  return true;
}

function tiles(well) {
  return el("ul.tiles", { "data-key": "tiles" }, well.map((one) => el("li", { "data-key": one.id }, link("site", one.id, one.name || one.id))));
}

function extent(one) {
  const bad = Object.entries(one.devices).filter(([state]) => state !== "up").map(([state, count]) => [told("device", state), count > 1 ? ` × ${count}` : ""]);
  const fields = Object.entries(one.fields).filter(([state]) => state !== "fine").reduce((sum, [, count]) => sum + count, 0);
  return el("span.extent", null, one.state === "partly" || !fields ? bad : null, fields ? ` ${t("lost.count", fields)}` : null);
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
  let best = null, distance = 24;
  for (const dot of frame.querySelectorAll("circle.site")) {
    const box = dot.getBoundingClientRect();
    const away = Math.hypot(box.x + box.width / 2 - clientX, box.y + box.height / 2 - clientY);
    if (away < distance) [best, distance] = [dot.parentNode.dataset.key, away];
  }
  return best;
}
