// Find anything: what `netwatch find` answers, the likeliest first, each with its state, place and phone.

import { el } from "./dom.js";
import { address, link, number, phone, thing } from "./format.js";
import { mark, pill } from "./marks.js";
import { sentence } from "./sentences.js";
import { because } from "./thing.js";
import { t } from "./words.js";

const KINDS = { field_device: "field", device: "device", ring: "ring", link: "link" };
const found = { text: null, answer: null, failed: false, turn: 0 };

export async function find(text, done) {
  const turn = ++found.turn;
  Object.assign(found, { text, answer: null, failed: false });
  if (!text) return;
  const reply = await fetch(`/page/find?${new URLSearchParams({ q: text.slice(0, 200) })}`).catch(() => null);
  if (turn !== found.turn) return; // something else is asked by now
  found.answer = reply?.ok ? await reply.json() : null;
  found.failed = !reply?.ok;
  done();
}

export function isAnswered() {
  return !found.text || found.failed || found.answer !== null;
}

export function findPage() {
  const { text, answer, failed } = found;
  return [
    el(
      "h1",
      { "data-key": "h1" },
      t("nav.find"),
      " ",
      answer ? el("small", null, t("find.total", number(answer.total))) : null,
    ),
    !text ? el("p.hint", { "data-key": "ask" }, t("find.ask")) : null,
    failed ? el("p.hint", { "data-key": "failed" }, t("find.failed")) : null,
    text && !answer && !failed ? el("p.hint", { "data-key": "loading" }, t("loading")) : null,
    answer && !answer.hits.length ? el("p.hint", { "data-key": "none" }, t("find.none", answer.asked)) : null,
    answer?.hits.length ? el("ol.hits", { "data-key": "hits" }, answer.hits.map(hit)) : null,
    answer && answer.total > answer.hits.length
      ? el("p.hint", { "data-key": "more" }, t("find.more", answer.hits.length))
      : null,
  ];
}

function hit(one) {
  const [condition, cause] = (one.state ?? "").split(": ");
  return el(
    "li.hit",
    { "data-key": one.subject },
    el(
      "h2",
      null,
      el(
        "a",
        { href: address(one.kind, one.id) },
        el("span.kind", null, t(`subject.${one.kind}`), " "),
        el("bdi", null, one.id),
      ),
      one.name ? ` ${one.name}` : null,
    ),
    el(
      "p",
      null,
      condition
        ? KINDS[one.kind]
          ? pill(KINDS[one.kind], condition, because(condition, cause))
          : sentence(condition)
        : null,
      " ",
      one.sites
        .slice(0, 2)
        .map((site) => [link("site", site.site, site.name || site.site), site.district ? ` ${site.district} ` : " "]),
      one.port && one.kind !== "port" ? ["· ", link("port", `${one.port.device} ${one.port.interface}`)] : null,
    ),
    one.faults.length
      ? el(
          "p",
          null,
          one.faults.map((fault) => [
            mark(fault.severity),
            el("a", { href: address("fault", fault.id) }, t(`kind.${fault.kind}`)),
            " ",
            thing(fault.subject, { short: true }),
            " ",
          ]),
        )
      : null,
    one.contractor?.phone
      ? el("p.send", null, one.contractor.name, phone(one.contractor.phone, one.contractor.name))
      : null,
  );
}
