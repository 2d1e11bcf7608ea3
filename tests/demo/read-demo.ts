import { readdirSync, readFileSync } from "node:fs";
import { demoClosures, demoPlatforms, demoStaff, demoStory, demoTips } from "~server/demo/demo-grammar";

const folder = new URL("../../server/packs/jinhua/demo/", import.meta.url);

function contents(prefix: string): unknown[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && name.endsWith(".json"))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((name): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8")));
}

/** Everything the demonstration says, as one text, for rules about what it must never contain. */
export function demoText(): string {
  return contents("")
    .map((file) => JSON.stringify(file))
    .join("\n");
}

/** The demonstration as its grammar reads it; the tips in the order in which they arrived. */
export function readDemo() {
  return {
    platforms: contents("platforms").flatMap((file) => demoPlatforms.parse(file).platforms),
    tips: contents("tips-").flatMap((file) => demoTips.parse(file).tips),
    leads: contents("story-").flatMap((file) => demoStory.parse(file).leads),
    closures: contents("closures").flatMap((file) => demoClosures.parse(file).closures),
    staff: demoStaff.parse(contents("staff")[0]),
  };
}
