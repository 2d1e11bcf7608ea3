import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    templateFolder: string;
  }
}

/** Where the first journey of a run leaves a demonstration loaded once, for the others to copy. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), "portal-template-"));
  project.provide("templateFolder", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
