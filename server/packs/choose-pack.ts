import type { Pack } from "./grammar";

/** Places as the router knows them: codes, or null. */
export type Places = {
  readonly registered: string | null;
  readonly operating: string | null;
  readonly occurred: string | null;
};

/**
 * Which of a portal's packs a matter belongs to: of the first place known (注册地, 经营地, 发生地, in this order) that any
 * of them holds, the pack with the longest prefix. A pack for everywhere (no prefix) takes what no other holds; where
 * nothing is known, or no pack holds the place, the home pack, which is the first.
 */
export function choosePack<P extends { readonly pack: Pack }>(held: readonly P[], places: Places): P | null {
  for (const code of [places.registered, places.operating, places.occurred]) {
    if (code === null || !/^\d/.test(code)) continue;
    const [nearest] = held
      .filter(({ pack }) => code.startsWith(pack.territory.prefix ?? ""))
      .sort(
        (one, other) => (other.pack.territory.prefix ?? "").length - (one.pack.territory.prefix ?? "").length,
      );
    if (nearest !== undefined) return nearest;
  }
  return held[0] ?? null;
}
