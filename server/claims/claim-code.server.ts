import { createHash, hkdfSync, randomBytes } from "node:crypto";

/** Crockford's base 32: no I, L, O or U, so that nothing is misread aloud or on paper. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 26 characters of 5 bits: 130 random bits. */
const RANDOM = 26;
const CHECK = 2;
const GROUP = 4;

/** A 领奖码: 26 random characters and 2 that catch a slip, written in seven groups of four. Not the receipt, nor of it. */
export function createClaimCode(): string {
  const random = [...randomBytes(RANDOM)].map((byte) => ALPHABET[byte & 31]).join("");
  return group(random + checkOf(random));
}

/**
 * A code as people type it (any case, spaces, dashes, full-width, O for 0, I and L for 1), in groups; null where it is no
 * code at all or its check does not agree.
 */
export function readClaimCode(typed: string): string | null {
  const plain = plainOf(typed);
  if (!isWhole(plain)) return null;
  return plain.slice(RANDOM) === checkOf(plain.slice(0, RANDOM)) ? group(plain) : null;
}

/** Whether what was typed has a code's length and letters, right or wrong: anything else is a slip and no try. */
export function hasClaimCodeShape(typed: string): boolean {
  return isWhole(plainOf(typed));
}

function plainOf(typed: string): string {
  return typed
    .normalize("NFKC")
    .slice(0, 200)
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
}

function isWhole(plain: string): boolean {
  return plain.length === RANDOM + CHECK && [...plain].every((char) => ALPHABET.includes(char));
}

/** All the server keeps of a code. At 130 bits no slow hash is needed; the label keeps it apart from every other use. */
export function hashClaimCode(code: string): Buffer {
  const plain = Buffer.from(code.replaceAll("-", ""), "ascii");
  return Buffer.from(
    hkdfSync("sha256", plain, "tipoff-portal/claim-code/salt/v1", "tipoff-portal/claim-code/hash/v1", 32),
  );
}

/** Whether what was re-typed is the code's last group. */
export function endsWith(code: string, typed: string): boolean {
  const plain = typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  return plain === code.slice(-GROUP) || plain === code.replaceAll("-", "");
}

function checkOf(random: string): string {
  const [first = 0, second = 0] = createHash("sha256").update(`claim-code|${random}`).digest();
  return `${ALPHABET[first & 31] ?? ""}${ALPHABET[second & 31] ?? ""}`;
}

function group(plain: string): string {
  return (plain.match(/.{4}/g) ?? []).join("-");
}
