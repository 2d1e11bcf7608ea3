// A thread does not inherit what `--import tsx` does for the process.
import { register } from "tsx/esm/api";

register();
await import("./prepare-thread.ts");
