// Loaded into the process the bootstrap starts. That process has a session of its own, so the
// terminal's Ctrl-C reaches only the bootstrap and is passed on once; should the bootstrap be
// killed outright, the closed channel asks for the same orderly end.
// The check on the parent keeps processes forked further down, which inherit the flag, out of it.
if (process.channel && process.env.BOOTSTRAP_PID === String(process.ppid)) {
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}
delete process.env.BOOTSTRAP_PID;
