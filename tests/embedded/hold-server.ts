// Run as a process of its own, to be killed: starts a server on argv[2], prints its pid and waits.
import { startEmbeddedPostgres } from "~db/embedded";

const dataDir = process.argv[2] ?? "";
const server = await startEmbeddedPostgres({ dataDir, durable: false, log: () => undefined });
console.log(server.pid);
setInterval(() => undefined, 60_000);
