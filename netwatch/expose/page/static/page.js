// The page: which view is open, and when it is drawn anew. Everything a reader does comes through here.

import { el, morph } from "./dom.js";
import { doWork, faultPage, openFaults, clearedFaults, title } from "./fault.js";
import { find, findPage, isAnswered } from "./find.js";
import { address, moment, tick } from "./format.js";
import { areKeysOn, helpPage, turnKeys } from "./help.js";
import { mapPage, pan, siteAt, toggleDistrict, zoom } from "./map.js";
import { overviewPage, showMore, worst } from "./overview.js";
import { loadLines, ringsPage } from "./rings.js";
import { servicesPage } from "./services.js";
import { city, isHeard, listen, look } from "./stream.js";
import { thingPage } from "./thing.js";
import { language, t } from "./words.js";

const VIEWS = {
  "": overviewPage,
  map: mapPage,
  rings: ringsPage,
  services: servicesPage,
  find: findPage,
  help: helpPage,
};
// of which records each view is made; a view that is not named is made of the thing that is open
const MADE_OF = {
  "": ["fault", "work", "service", "ring", "site", "span", "city", "hello", "thing"],
  map: ["site", "span"],
  rings: ["ring"],
  services: ["service"],
  find: [],
  help: ["city"],
};
matchMedia("(max-width: 46rem)").addEventListener("change", () => draw());
const NAV = [
  ["", "nav.faults"],
  ["map", "nav.map"],
  ["rings", "nav.rings"],
  ["services", "nav.services"],
  ["help", "nav.help"],
];
const page = document.getElementById("page");
const build = document.body.dataset.build;
let view = ["", ""]; // kind and id, as in the address
let message = "";
let wanted = 0; // a frame in which it will be drawn

function parse() {
  const [kind = "", id = ""] = location.pathname.slice(1).split("/").map(decodeURIComponent);
  return [kind, id];
}

// Open what the address names.
function open({ scroll = true } = {}) {
  view = parse();
  lookAt();
  message = "";
  if (view[0] === "find") find(new URLSearchParams(location.search).get("q")?.trim() ?? "", draw);
  if (view[0] === "rings" && !view[1]) loadLines(draw);
  draw();
  if (scroll) scrollTo(0, 0);
}

function lookAt() {
  look(view[1] ? `${view[0]}/${view[1]}` : view[0] === "" ? worst() : "");
}

function go(href) {
  if (href !== location.pathname + location.search) history.pushState(null, "", href);
  open();
  document.getElementById("main")?.focus({ preventScroll: true });
}

function body() {
  const [kind, id] = view;
  if (!city.isWhole)
    return [el("p.hint", { "data-key": "loading", role: "status" }, t(city.failed ? "unreached.yet" : "loading"))];
  if (!id) return (VIEWS[kind] ?? (() => notKnown()))();
  if (city.thing === undefined) return [el("p.hint", { "data-key": "loading", role: "status" }, t("loading"))];
  if (city.thing === null) return notKnown(kind === "fault" ? t("fault.gone") : "");
  return kind === "fault" ? faultPage(city.thing) : thingPage(city.thing);
}

function isThere() {
  return city.isWhole && (!view[1] || city.thing !== undefined) && (view[0] !== "find" || isAnswered());
}

function notKnown(more = "") {
  return [
    el("h1", { "data-key": "h1" }, t("not.known")),
    more ? el("p", { "data-key": "more" }, more) : null,
    el("p", { "data-key": "home" }, el("a", { href: "/" }, t("back.home"))),
  ];
}

function header() {
  const told = city.records.get("city");
  const count = openFaults().length;
  const other = new URL(location.href);
  other.searchParams.set("lang", language === "ko" ? "en" : "ko");
  const asked = view[0] === "find" ? (new URLSearchParams(location.search).get("q") ?? "") : "";
  return el(
    "header.top",
    { "data-key": "top" },
    el(
      "p.city",
      null,
      el("a", { href: "/" }, told?.city || "netwatch"),
      " ",
      el(`span.count${count ? ".some" : ""}`, null, t("open.count", count)),
    ),
    el(
      "form.find",
      { role: "search", action: "/find", "data-do": "find", "data-key": "find" },
      el("label.hidden", { for: "q" }, t("find.label")),
      el("input", {
        id: "q",
        name: "q",
        type: "search",
        maxlength: 200,
        required: true,
        autocomplete: "off",
        placeholder: t("find.hint"),
        value: asked,
        "aria-keyshortcuts": "/",
      }),
      el("button", { type: "submit" }, t("find.go")),
    ),
    el(
      "nav",
      { "aria-label": t("nav.label"), "data-key": "nav" },
      el(
        "ul",
        null,
        NAV.map(([kind, word]) =>
          el(
            "li",
            null,
            el("a", { href: `/${kind}`, "aria-current": view[0] === kind && !view[1] ? "page" : null }, t(word)),
          ),
        ),
      ),
    ),
    el(
      "p.who",
      null,
      city.hello?.user ? el("span", null, t("signed", city.hello.user)) : el("span", null, t("readonly")),
      el(
        "a.lang",
        {
          href: other.pathname + other.search,
          lang: language === "ko" ? "en" : "ko",
          hreflang: language === "ko" ? "en" : "ko",
          "data-out": true,
        },
        t("lang.other"),
      ),
    ),
  );
}

function banners() {
  const told = city.records.get("city");
  return el(
    "div.banners",
    { "data-key": "banners", role: "status" },
    city.hello && !isHeard()
      ? el("p.banner.bad", { "data-key": "lost" }, t("lost", moment((city.heardMs + city.clockMs) / 1000)))
      : null,
    told?.lit === false ? el("p.banner.bad", { "data-key": "blind" }, t("blind")) : null,
    told?.waiting ? el("p.banner", { "data-key": "waiting" }, t("waiting")) : null,
    message ? el("p.banner", { "data-key": "message" }, message) : null,
  );
}

function draw() {
  cancelAnimationFrame(wanted);
  wanted = 0;
  const whole = el(
    "div",
    { id: "page", class: city.hello && !isHeard() ? "stale" : null },
    header(),
    banners(),
    el(
      "main",
      {
        id: "main",
        tabindex: "-1",
        "data-key": "main",
        class: `view-${view[1] ? "thing" : view[0] || "faults"}`,
        "data-view": isThere() ? location.pathname + location.search : null,
      },
      body(),
    ),
  );
  morph(page, whole);
  announcer();
  const count = openFaults().length;
  const name = view[1] || (view[0] ? t(`nav.${view[0]}`) : city.records.get("city")?.city || "netwatch");
  document.title = `${count ? `(${count}) ` : ""}${name} · netwatch`;
}

// What opened and what cleared, for whoever does not see it.
let heardOf = null;
function announce() {
  if (!city.isWhole) return;
  const open = new Map(openFaults().map((one) => [one.id, one]));
  if (heardOf) {
    const came = [...open.values()].filter((one) => !heardOf.has(one.id)).map((one) => t("new.fault", title(one)));
    const went = clearedFaults()
      .filter((one) => heardOf.has(one.id))
      .map((one) => t("gone.fault", title(one)));
    const told = [...came, ...went].slice(0, 3).join(". ");
    if (told) announcer().textContent = told;
  }
  heardOf = open;
}

function announcer() {
  let one = document.getElementById("announcer");
  if (!one) {
    one = el("p", { id: "announcer", class: "hidden", role: "status", "aria-live": "polite" });
    document.body.append(one);
  }
  return one;
}

function changed(kinds) {
  announce();
  if (kinds.has("fault") && !view[0]) lookAt();
  const made = MADE_OF[view[1] ? "thing" : view[0]] ?? ["thing", "hello", "work"];
  const isSeen =
    !city.isWhole ||
    [...kinds].some((one) => one === "connection" || one === "fault" || one === "city" || made.includes(one));
  if (isSeen && !wanted) wanted = requestAnimationFrame(draw);
}

const doing = {
  more: () => {
    showMore();
    draw();
  },
  zoom: (button) => {
    zoom(button.dataset.zoom);
    draw();
  },
  map: (frame, event) => {
    const site = siteAt(frame, event.clientX, event.clientY);
    if (site) go(address("site", site));
  },
  keys: () => {
    turnKeys();
    draw();
  },
  work: (button) => button.tagName === "BUTTON" && work(button),
};

async function work(from, text = "") {
  message = await doWork(from.dataset.id, from.dataset.did, text);
  if (!message) {
    message = t("saved");
    if (from.tagName === "FORM") from.reset();
  }
  draw();
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const anchor = event.target.closest("a[href]");
  const href = anchor?.getAttribute("href");
  if (anchor && href.startsWith("/") && !anchor.hasAttribute("data-out")) {
    event.preventDefault();
    go(href);
    return;
  }
  const one = anchor ? null : event.target.closest("[data-do]");
  if (one && doing[one.dataset.do]) doing[one.dataset.do](one, event);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  const told = new FormData(form);
  if (form.dataset.do === "find") go(`/find?${new URLSearchParams({ q: told.get("q").trim() })}`);
  if (form.dataset.do === "work") work(form, told.get("text").trim());
});

document.addEventListener(
  "toggle",
  (event) => {
    const name = event.target.dataset?.lazy;
    if (name !== undefined && toggleDistrict(name, event.target.open)) draw();
  },
  true,
);

const ARROWS = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target.closest("input, textarea, select");
  if (isTyping) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.target.closest("[data-do=mapkeys]")) {
    if (ARROWS[event.key]) pan(...ARROWS[event.key]);
    else if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? "in" : "out");
    else if (event.key === "0") zoom("whole");
    else return;
    event.preventDefault();
    draw();
    return;
  }
  if (!areKeysOn()) return;
  if (event.key === "/") document.getElementById("q").focus();
  else if (event.key === "?") go("/help");
  else if ("1234".includes(event.key)) go(`/${NAV[Number(event.key) - 1][0]}`);
  else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else return;
  event.preventDefault();
});

function step(by) {
  const all = [...document.querySelectorAll("article.fault a.open")];
  const at = all.indexOf(document.activeElement);
  all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]?.focus();
}

// Dragging moves the map; a finger's tap on it is a click.
let dragged = null;
document.addEventListener("pointerdown", (event) => {
  const frame = event.target.closest(".mapframe:not(.small) svg.map");
  if (frame && event.isPrimary) dragged = { frame, x: event.clientX, y: event.clientY };
});
document.addEventListener("pointermove", (event) => {
  if (!dragged || !event.isPrimary) return;
  const box = dragged.frame.getBoundingClientRect();
  const [x, y] = [dragged.x - event.clientX, dragged.y - event.clientY];
  if (Math.hypot(x, y) < 6) return;
  pan(x / box.width, y / box.height);
  Object.assign(dragged, { x: event.clientX, y: event.clientY });
  if (!wanted) wanted = requestAnimationFrame(draw);
});
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => (dragged = null));

addEventListener("popstate", () => open({ scroll: false }));
setInterval(() => tick(document), 1000);
if (new URLSearchParams(location.search).has("lang")) {
  const plain = new URL(location.href);
  plain.searchParams.delete("lang"); // it is kept in a cookie from now on
  history.replaceState(null, "", plain);
}
if (build) document.documentElement.classList.add("ready");
open();
listen(changed);
