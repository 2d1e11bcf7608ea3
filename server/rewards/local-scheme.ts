import type { Pack } from "~server/packs/grammar";

/** The scheme a pack rewards by; the editable default where it names none. */
export function localScheme({ localReward }: Pick<Pack, "localReward">): string {
  return localReward?.scheme ?? "jinhua-default";
}
