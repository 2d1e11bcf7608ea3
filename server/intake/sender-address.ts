import type { Env } from "~server/env.server";

/**
 * The address a request comes from. Behind `trustProxy` proxies it is the one the outermost of them saw, counted from
 * the right of X-Forwarded-For, since everything left of it is the sender's own word. Null where it cannot be known:
 * https without TRUST_PROXY ends at a proxy of which we know nothing, and all of its people would count as one.
 */
export function senderAddress(
  request: { readonly peer: string | undefined; readonly forwardedFor: string | undefined },
  env: Pick<Env, "trustProxy" | "publicOrigin">,
): string | null {
  const { peer, forwardedFor } = request;
  if (peer === undefined) return null;
  if (env.trustProxy === 0) return env.publicOrigin.startsWith("https:") ? null : peer;
  const seen = [...(forwardedFor ?? "").split(",").map((part) => part.trim()), peer].filter(
    (part) => part !== "",
  );
  return seen[Math.max(0, seen.length - 1 - env.trustProxy)] ?? null;
}
