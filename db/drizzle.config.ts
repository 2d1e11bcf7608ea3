import { defineConfig } from "drizzle-kit";

// `npx drizzle-kit generate --config db/drizzle.config.ts --name <what-changed>`; hand SQL with `--custom`.
export default defineConfig({
  dialect: "postgresql",
  schema: "./db/schema/*.ts",
  out: "./db/migrations",
});
