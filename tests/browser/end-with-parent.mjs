// Loaded into a server under test before the server itself. Its standard input is a pipe held by the test
// process and closes however that process ends, so no server outlives a test run that was killed.
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM")).resume();
process.stdin.unref();
