import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, vi } from "vitest";
import { startPortal, type Portal } from "../portal";
import { copyFolder, demoTemplate } from "./demo-template";

export type ScratchPortal = Portal & {
  /** The data folder, for commands run beside the portal. */
  readonly dataDir: string;
  /** One-time enrolment links the start printed, by the demo person's name. */
  enrolmentLink(person: string): string;
};

/**
 * The real server on an embedded database of its own, with demo data, as `npm start` leaves it: the demonstration is
 * loaded once a run and copied. Without the demo, or with another pack, it starts from nothing.
 */
export async function startScratchPortal(
  name: string,
  env: Record<string, string> = {},
): Promise<ScratchPortal> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "portal-journey-"));
  // PostgreSQL runs as another account when this is root: it must be able to pass through.
  chmodSync(dataDir, 0o711);
  const template = "DEMO" in env || "PACK" in env ? null : await demoTemplate();
  if (template !== null) copyFolder(template, dataDir);
  const portal = await startPortal({
    name,
    env: { DATA_DIR: dataDir, QUICK_EXIT_URL: "http://localhost:9/", ...env },
    startWithin: 60_000,
  });
  // The pages answer a moment before the links are printed.
  await vi.waitFor(() => expect(readFileSync(portal.logFile, "utf8")).toMatch(/^ready /m), 30_000);
  return {
    ...portal,
    dataDir,
    enrolmentLink: (person) => {
      const lines = readFileSync(portal.logFile, "utf8").split("\n");
      const at = lines.findIndex((line) => line.includes(person));
      const link = lines[at + 1]?.trim();
      if (at < 0 || link === undefined || !link.includes("/staff/enrol#")) {
        throw new Error(`the start printed no enrolment link for ${person}`);
      }
      return link;
    },
    stop: async () => {
      await portal.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
