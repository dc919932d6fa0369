// Grafana's own types of dashboards and panels (npm package @grafana/schema) -> schema.json, which the tests hold every
// dashboard against. Run by `make grafana-schema`, with the folder of the npm packages as its only argument.

import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const packages = resolve(process.argv[2]);
const { createGenerator } = createRequire(join(packages, "here.js"))("ts-json-schema-generator");
const grafana = join(packages, "node_modules", "@grafana", "schema");
const raw = join(grafana, "dist", "types", "raw");
const LOOKS = ["bargauge", "geomap", "stat", "state-timeline", "table", "timeseries"];
const types = [
  ["dashboard", "dashboard", "Dashboard"],
  ["panel", "dashboard", "Panel"],
  ["row", "dashboard", "RowPanel"],
  ...LOOKS.map((look) => [`${look} options`, `composable/${look.replace("-", "")}/panelcfg`, "Options"]),
  ...LOOKS.map((look) => [`${look} custom`, `composable/${look.replace("-", "")}/panelcfg`, "FieldConfig"]),
];

const found = { version: JSON.parse(readFileSync(join(grafana, "package.json"))).version };
for (const [name, folder, type] of types) {
  const path = join(raw, folder, "x", "types.gen.d.ts");
  if (!readFileSync(path, "utf8").includes(`export interface ${type} `)) continue; // a look without fields of its own
  const options = { path, type, skipTypeCheck: true, jsDoc: "none", expose: "none", topRef: false };
  found[name] = createGenerator(options).createSchema(type);
}
writeFileSync(new URL("schema.json", import.meta.url), JSON.stringify(found) + "\n");
