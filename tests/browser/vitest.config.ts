import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { aliases } from "../../server/cli/aliases.mjs";
import { leftOut } from "../setup/long-tests";

// Journeys in a real browser, two files at a time: each has a Chromium and a portal of its own, about 1 GB together.
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  resolve: { alias: aliases },
  esbuild: { jsx: "automatic" },
  test: {
    include: ["tests/browser/**/*.test.ts"],
    exclude: leftOut,
    environment: "node",
    globalSetup: ["tests/browser/template-folder.ts"],
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
