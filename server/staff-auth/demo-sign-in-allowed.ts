/**
 * Whether the sign-in page may offer 以演示身份进入: only where the demo was asked for, the server listens on this
 * machine alone, and it does not run as production. Any doubt means no.
 */
export function demoSignInAllowed(env: {
  demoMode: boolean;
  bindHost: string;
  nodeEnv: string | undefined;
}): boolean {
  const loopback = env.bindHost === "localhost" || env.bindHost === "::1" || isLoopbackV4(env.bindHost);
  return env.demoMode && loopback && env.nodeEnv !== "production";
}

function isLoopbackV4(host: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(host);
}
