// The import aliases of tsconfig.json, in the form Vite and Vitest want.
import { fileURLToPath } from "node:url";

const at = (folder) => fileURLToPath(new URL(`../../${folder}/`, import.meta.url));

export const aliases = [
  { find: /^~\//, replacement: at("app") },
  { find: /^~db\//, replacement: at("db") },
  { find: /^~server\//, replacement: at("server") },
  { find: /^~tests\//, replacement: at("tests") },
];
