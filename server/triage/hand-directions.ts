import type { Stage } from "./stages";

/** 上交 to a pack above, 下转 to one below, 移交 to any other of this portal. */
export type HandDirection = "up" | "down" | "across";

/** A determined lead has a body's finding on it, and a closed one is done: neither changes hands. */
const HANDED_FROM: readonly Stage[] = [
  "new",
  "triage",
  "dispatched",
  "investigating",
  "returned",
  "disputed",
];

export function mayHand(stage: string): boolean {
  return (HANDED_FROM as readonly string[]).includes(stage);
}

/** How one pack lies to another by the packs above each. */
export function directionOf(
  held: readonly { readonly packId: string; readonly parentId: string | null }[],
  from: string,
  to: string,
): HandDirection {
  const above = (packId: string): string[] => {
    const parent = held.find((one) => one.packId === packId)?.parentId ?? null;
    return parent === null ? [] : [parent, ...above(parent)];
  };
  if (above(from).includes(to)) return "up";
  return above(to).includes(from) ? "down" : "across";
}
