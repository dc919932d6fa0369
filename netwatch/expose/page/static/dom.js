// Elements made of names and texts, never of markup; and how a page becomes another one without losing the reader's place.

const SVG = "http://www.w3.org/2000/svg";
// controls, separators, directional overrides, lone surrogates: what devices say must not read otherwise than it is written
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export function visible(text) {
  return String(text).replace(UNSAFE, (one) => "\\u" + one.charCodeAt(0).toString(16).padStart(4, "0"));
}

// el("a.button", {href: "/map"}, "text", child, [children], null); `data-do` names what a click does (see page.js).
export function el(name, attributes, ...children) {
  return fill(document.createElement(name.split(".")[0]), name, attributes, children);
}

export function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name.split(".")[0]), name, attributes, children);
}

function fill(node, name, attributes, children) {
  const classes = name.split(".").slice(1).join(" ");
  if (classes) node.setAttribute("class", classes);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(key, value === true ? "" : visible(value));
  }
  node.append(
    ...children
      .flat(Infinity)
      .filter((one) => one !== null && one !== undefined && one !== "")
      .map((one) => (one instanceof Node ? one : visible(one))),
  );
  return node;
}

// What is costly to build, built only where it is not on the page already as of this version.
export function unless(version, build) {
  const there = document.querySelector(`[data-same="${CSS.escape(version)}"]`);
  if (there) return there.cloneNode(false);
  const built = build();
  built?.setAttribute("data-same", version);
  return built;
}

// Make `from` look like `to`, keeping every node that stays: focus, open details, typed text and scrolling survive.
export function morph(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !isReaders(from, name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) === value || isReaders(from, name)) continue;
    if (name === "style")
      from.style.cssText = value; // as an attribute, the policy would refuse it
    else from.setAttribute(name, value);
  }
  if (to.dataset.same && to.childNodes.length === 0 && from.childNodes.length) return; // as `unless` found it
  const keyed = new Map();
  for (const child of from.children) if (child.dataset.key) keyed.set(child.dataset.key, child);
  let at = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const key = wanted.dataset?.key;
    let match = key ? keyed.get(key) : at;
    if (match && !isAlike(match, wanted)) match = null;
    if (!match) {
      from.insertBefore(wanted, at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    else from.insertBefore(match, at);
    if (match.nodeType === Node.TEXT_NODE) {
      if (match.nodeValue !== wanted.nodeValue) match.nodeValue = wanted.nodeValue;
    } else morph(match, wanted);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function isAlike(one, other) {
  return one.nodeName === other.nodeName && (one.dataset?.key ?? "") === (other.dataset?.key ?? "");
}

// what the reader has done to an element is theirs
function isReaders(node, name) {
  return (node.nodeName === "DETAILS" && name === "open") || (node.nodeName === "INPUT" && name === "value");
}
