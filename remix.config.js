// This file is the Vite configuration: `remix vite:build --config remix.config.js`.
import { fileURLToPath } from "node:url";
import { vitePlugin as remix } from "@remix-run/dev";
import { defineConfig } from "vite";
import { aliases } from "./server/cli/aliases.mjs";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  resolve: { alias: aliases },
  plugins: [
    remix({
      future: {
        v3_fetcherPersist: true,
        v3_lazyRouteDiscovery: false,
        v3_relativeSplatPath: true,
        v3_singleFetch: true,
        v3_throwAbortReason: true,
      },
    }),
  ],
  // Public pages ship no framework script; staff browsers in offices are old.
  // A worker that loads a part of itself only where it is needed cannot be one classic script.
  worker: { format: "es" },
  build: { target: "es2020", sourcemap: false, chunkSizeWarningLimit: 600 },
});
