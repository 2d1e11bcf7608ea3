import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PackSource } from "~server/packs/grammar";
import { packFolder } from "~server/packs/load-pack.server";
import { body, packSource, plainRow, territorySource } from "~tests/routing/packs/build-pack";

/** The jinhua pack's files as one object, as somebody who changes it would send it. */
export function jinhuaSource(): PackSource {
  const folder = packFolder("jinhua");
  const parts = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as object);
  return Object.assign({}, ...parts) as PackSource;
}

/** A later version of it in which another body leads P2P. */
export function changedJinhua(version = "2016.9", p2pLead = "police"): PackSource {
  const source = jinhuaSource();
  const rows = source.rows.map((row) =>
    row.sector === "p2p" ? { ...row, rules: row.rules.map((rule) => ({ ...rule, lead: [p2pLead] })) } : row,
  );
  return { ...source, version, rows };
}

/** A small county's pack inside jinhua. */
export function countyPack(): PackSource {
  return packSource({
    id: "county",
    version: "2016.1",
    leadingOffice: "office",
    agencies: [body("office", "县处非办"), body("finance", "县金融办")],
    rows: [
      plainRow("county", "p2p", "分工表", ["finance"]),
      plainRow("county", "asset_mgmt", "分工表", ["office"]),
    ],
    sectors: (["p2p", "asset_mgmt", "unknown"] as const).map((id) => ({
      id,
      title: { zh: `领域${id}`, en: id },
      help: { zh: "说明", en: "Help" },
    })),
    territory: territorySource("county", "330702"),
  });
}
