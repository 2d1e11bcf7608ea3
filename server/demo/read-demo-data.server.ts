import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { packFolder } from "~server/packs/load-pack.server";
import {
  demoPlatforms,
  demoStaff,
  demoStory,
  demoTips,
  type DemoLead,
  type DemoPerson,
  type DemoPlatform,
  type DemoTip,
} from "./demo-grammar";

export type DemoData = {
  readonly platforms: readonly DemoPlatform[];
  /** In order of arrival. */
  readonly tips: readonly DemoTip[];
  readonly leads: readonly DemoLead[];
  readonly people: readonly DemoPerson[];
};

/** The demonstration a pack ships, checked against its grammar; null when the pack has none. */
export function readDemoData(packId: string): DemoData | null {
  const folder = path.join(packFolder(packId), "demo");
  if (!existsSync(folder)) return null;
  const files = (prefix: string): unknown[] =>
    readdirSync(folder)
      .filter((name) => name.startsWith(prefix) && name.endsWith(".json"))
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
      .map((name): unknown => JSON.parse(readFileSync(path.join(folder, name), "utf8")));
  return {
    platforms: files("platforms").flatMap((file) => demoPlatforms.parse(file).platforms),
    tips: files("tips-").flatMap((file) => demoTips.parse(file).tips),
    leads: files("story-").flatMap((file) => demoStory.parse(file).leads),
    people: files("staff").flatMap((file) => demoStaff.parse(file).people),
  };
}
