// What the server tells, kept: records by key, the record of the thing that is open, and whether we are still told.

const SILENT_MS = 12000; // the server sends something each five seconds
const AGAIN_MS = 3000;

export const city = {
  records: new Map(), // "fault/ID" and so on -> record
  kinds: new Map(), // "fault" -> Map of id -> record
  thing: undefined, // of the open view: undefined until it came, null where there is none
  hello: null,
  isWhole: false, // everything has been told once
  clockMs: 0, // the server's clock minus ours
  failed: false, // the server refused to tell us anything
  heardMs: 0, // when it was heard last, by our clock
  versions: new Map(), // kind -> how often a record of it changed
  number: "", // up to which we have been told
};

let source = null;
let view = "";
let tell = () => {};

export function of(kind) {
  return city.kinds.get(kind) ?? new Map();
}

export function version(kind) {
  return city.versions.get(kind) ?? 0;
}

export function now() {
  return (Date.now() + city.clockMs) / 1000;
}

export function isHeard() {
  return Date.now() - city.heardMs < SILENT_MS;
}

// `told(kinds)` is called after each change, with the set of kinds that changed.
export function listen(told) {
  tell = told;
  open();
  setInterval(() => {
    if (isHeard()) return;
    tell(new Set(["connection"]));
    if (!source || source.readyState === EventSource.CLOSED || Date.now() - city.heardMs > 3 * SILENT_MS) open();
  }, AGAIN_MS);
  document.addEventListener("visibilitychange", () => document.hidden || isHeard() || open());
}

// Be told of one thing, or of none (""), from now on.
export function look(name) {
  if (name === view) return;
  view = name;
  city.thing = undefined; // until it comes
  if (source) open();
}

function open() {
  source?.close();
  const query = new URLSearchParams();
  if (city.number) query.set("since", city.number);
  if (view) query.set("view", view);
  const here = (source = new EventSource(`/page/stream?${query}`));
  let before = "";
  let anew = null; // the keys told so far, while everything is told from the beginning
  here.onerror = () => {
    if (here !== source || here.readyState !== EventSource.CLOSED) return;
    city.failed = true; // refused, and not merely interrupted: the browser does not try again by itself
    tell(new Set(["connection"]));
    setTimeout(() => here === source && open(), AGAIN_MS);
  };
  const heard = (name, take) =>
    here.addEventListener(name, (event) => {
      if (here !== source) return;
      const wasSilent = !isHeard();
      city.heardMs = Date.now();
      city.failed = false;
      const isNumbered = event.lastEventId !== before; // an event without a number repeats that of the one before
      before = event.lastEventId;
      if (isNumbered) city.number = event.lastEventId;
      const changed = take(JSON.parse(event.data)) ?? new Set();
      if (isNumbered && anew) {
        forget(anew, changed);
        anew = null;
        city.isWhole = true;
        changed.add("hello");
      }
      if (wasSilent) changed.add("connection");
      if (changed.size) tell(changed);
    });
  heard("hello", (told) => {
    if (city.hello && city.hello.build !== told.build) location.reload(); // another version serves us now
    city.hello = told;
    city.clockMs = told.now_s * 1000 - Date.now();
    if (told.fresh) anew = new Set();
    return new Set(["hello"]);
  });
  heard("put", (pairs) => {
    const changed = new Set();
    for (const [key, record] of pairs) {
      anew?.add(key);
      put(key, record, changed);
    }
    return changed;
  });
  heard("view", (told) => {
    if (told.of !== view) return null;
    city.thing = told.record;
    return new Set(["thing"]);
  });
  heard("beat", (now_s) => {
    city.clockMs = now_s * 1000 - Date.now();
  });
}

// What was known before and is not told any more, once everything has been told anew: until then it stays on the page.
function forget(told, changed) {
  for (const key of [...city.records.keys()]) if (!told.has(key)) put(key, null, changed);
}

function put(key, record, changed) {
  const slash = key.indexOf("/");
  const kind = slash < 0 ? key : key.slice(0, slash);
  const id = slash < 0 ? "" : key.slice(slash + 1);
  changed.add(kind);
  city.versions.set(kind, version(kind) + 1);
  if (!city.kinds.has(kind)) city.kinds.set(kind, new Map());
  if (record === null) {
    city.records.delete(key);
    city.kinds.get(kind).delete(id);
  } else {
    city.records.set(key, record);
    city.kinds.get(kind).set(id, record);
  }
}
