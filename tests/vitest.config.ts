import { defineConfig } from "vitest/config";
import { aliases } from "../server/cli/aliases.mjs";
import { leftOut } from "./setup/long-tests";

// The Remix plugin stays out of here: route modules are tested as plain functions.
export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  resolve: { alias: aliases },
  esbuild: { jsx: "automatic" },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    exclude: ["tests/browser/**", "tests/bench/**", ...leftOut],
    environment: "node",
    globalSetup: ["tests/setup/cluster.ts"],
    maxWorkers: 2,
    // A worker keeps what it has imported: loading the portal's modules anew for every file took a fifth of the run.
    isolate: false,
    // Ends what hangs, on however slow a machine; no test measures time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
