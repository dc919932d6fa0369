// Times, durations and names, as people read them, in the city's zone.

import { city, now } from "./stream.js";
import { el } from "./dom.js";
import { language, t } from "./words.js";

const formats = new Map();

function format(options) {
  const zone = city.records.get("city")?.timezone;
  const key = JSON.stringify([zone, options]);
  if (!formats.has(key)) {
    formats.set(
      key,
      new Intl.DateTimeFormat(language === "ko" ? "ko-KR" : "en-GB", { timeZone: zone, hour12: false, ...options }),
    );
  }
  return formats.get(key);
}

// The clock alone for today, else the day as well.
export function moment(at_s) {
  if (at_s === null || at_s === undefined) return t("unknown.time");
  const at = new Date(at_s * 1000);
  const clock = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
  const day = format({ year: "numeric", month: "numeric", day: "numeric" });
  if (day.format(at) === day.format(new Date(now() * 1000))) return clock;
  return `${format({ month: "short", day: "numeric" }).format(at)} ${clock}`;
}

const UNITS = { en: ["d", "h", "min", "s"], ko: ["일", "시간", "분", "초"] };

// The two largest parts: 3 h 12 min
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
  const first = parts.findIndex((part) => part > 0);
  if (first < 0) return `0 ${UNITS[language][3]}`;
  const gap = language === "ko" ? "" : " ";
  return parts
    .slice(first, first + 2)
    .map((part, place) => [part, UNITS[language][first + place]])
    .filter(([part], place) => part > 0 || place === 0)
    .map(([part, unit]) => `${part}${gap}${unit}`)
    .join(" ");
}

// A duration that goes on: the page's clock writes it anew each second.
export function going(since_s, word = "for") {
  return el("span", { "data-going": since_s, "data-word": word }, t(word, duration(now() - since_s)));
}

export function tick(root) {
  for (const one of root.querySelectorAll("[data-going]")) {
    const text = t(one.dataset.word, duration(now() - Number(one.dataset.going)));
    if (one.textContent !== text) one.textContent = text;
  }
}

export function time(at_s) {
  if (at_s === null || at_s === undefined) return t("unknown.time");
  return el("time", { datetime: new Date(at_s * 1000).toISOString() }, moment(at_s));
}

// Since when a state is as it is
export function since(at_s) {
  return el("span.hint", null, t("since.then", moment(at_s)));
}

export function number(value) {
  return new Intl.NumberFormat(language === "ko" ? "ko-KR" : "en-GB").format(value);
}

export function speed(bps) {
  if (!bps) return "";
  for (const [size, unit] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ])
    if (bps >= size) return `${bps / size}${unit}`;
  return `${bps}`;
}

const PAGES = new Set([
  "fault",
  "device",
  "field_device",
  "site",
  "ring",
  "line",
  "service",
  "port",
  "link",
  "cable",
  "duct",
  "contractor",
]);

export function address(kind, id) {
  return `/${kind}/${encodeURIComponent(id)}`;
}

export function split(subject) {
  const colon = subject.indexOf(":");
  return [subject.slice(0, colon), subject.slice(colon + 1)];
}

// A thing by its subject, as a link to its page: cable c-017
export function thing(subject, { short = false } = {}) {
  const [kind, id] = split(subject);
  if (!PAGES.has(kind) || !id) return el("span", null, t(`subject.${kind}`));
  return el(
    "a",
    { href: address(kind, id) },
    short ? "" : el("span.kind", null, t(`subject.${kind}`) + " "),
    el("bdi", null, id),
  );
}

export function link(kind, id, text = id) {
  return el("a", { href: address(kind, id) }, el("bdi", null, text));
}

// A number to call, with nothing in it but what can be dialled.
export function phone(number, name) {
  const dial = number.replace(/[^0-9+*#]/g, "");
  if (!dial) return null;
  return el(
    "a.call",
    { href: `tel:${dial}`, "aria-label": t("call", `${name} ${number}`) },
    el("span", { "aria-hidden": "true" }, "☎ "),
    number,
  );
}
