import { checkPack } from "~server/packs/check-pack";
import { PackError } from "~server/packs/pack-error";

/** The error a pack is refused with, as if each top-level key lay in a file of its name. Throws if it is accepted. */
export function refusePack(value: unknown): PackError {
  try {
    checkPack(value, (key) => `test/${key}.json`);
  } catch (error) {
    if (error instanceof PackError) return error;
    throw error;
  }
  throw new Error("the pack was accepted");
}
