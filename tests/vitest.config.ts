import { defineConfig } from "vitest/config";
import { aliases } from "../server/cli/aliases.mjs";

// The Remix plugin stays out of here: route modules are tested as plain functions.
export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  resolve: { alias: aliases },
  esbuild: { jsx: "automatic" },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    exclude: ["tests/browser/**", "tests/bench/**"],
    environment: "node",
    globalSetup: ["tests/setup/cluster.ts"],
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
