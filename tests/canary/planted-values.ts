import { createHash } from "node:crypto";

/** What one invented reporter gives away, none of which may be found anywhere afterwards. */
export type PlantedPerson = {
  readonly name: string;
  readonly phone: string;
  readonly idNumber: string;
  readonly email: string;
  readonly narrative: string;
};

/** A searched form of a planted value: which person's, which value, how written. Never the value itself. */
export type Pattern = { readonly bytes: Buffer; readonly what: string };

// Rare characters that GBK has and no catalogue, pack or demo text uses in a row.
const RARE = [..."鳜鳝鳞鳟鳢鸢鸨鸬鸶鸾鹄鹈鹋鹕鹘鹚鹛鹜鹞鹣鹦鹧鹨鹩鹪鹫"];

/** Invented and plainly so: phones of no network (10…), identity numbers of no division (99…). */
export function plantedPerson(seed: string, at: number): PlantedPerson {
  const digits = BigInt(`0x${createHash("sha256").update(`${seed}/${at}`).digest("hex").slice(0, 24)}`);
  const rare = (from: bigint, count: number) =>
    Array.from({ length: count }, (_, place) => {
      const turn = (digits >> BigInt((Number(from) + place) * 5)) % BigInt(RARE.length);
      return RARE[Number(turn)];
    }).join("");
  const mark = digits.toString(36).slice(0, 14);
  return {
    name: `鸩${rare(0n, 5)}`,
    phone: `139${(digits % 100_000_000n).toString().padStart(8, "0")}`,
    idNumber: `99${(digits % 10_000_000_000_000_000n).toString().padStart(16, "0")}`,
    email: `${mark}@canary.invalid`,
    narrative: `鸩鸠${rare(5n, 6)}说：我把钱交给了他们，${mark}，要的时候就没有了，请你们查一查这家平台。`,
  };
}

/** Every form in which a leak could lie: encodings of each text, and hashes of what can be counted through. */
export function patternsOf(person: PlantedPerson, at: number): Pattern[] {
  const patterns: Pattern[] = [];
  const add = (what: string, bytes: Buffer) => {
    if (bytes.length >= MINIMUM) patterns.push({ bytes, what: `person ${at}: ${what}` });
  };
  const texts: [string, string][] = [
    ["name", person.name],
    ["phone", person.phone],
    ["identity number", person.idNumber],
    ["e-mail", person.email],
    ["narrative", person.narrative.slice(0, 8)],
    ["narrative's mark", person.email.split("@")[0] ?? ""],
  ];
  for (const [what, text] of texts) {
    for (const [how, bytes] of written(text)) add(`${what}, ${how}`, bytes);
  }
  for (const [what, text] of texts.slice(1, 3)) {
    for (const algorithm of ["md5", "sha1", "sha256"]) {
      const digest = createHash(algorithm).update(text).digest();
      add(`${algorithm} of ${what}`, digest);
      add(`${algorithm} of ${what} in hex`, Buffer.from(digest.toString("hex")));
      add(`${algorithm} of ${what} in base64`, Buffer.from(digest.toString("base64").slice(0, -2)));
    }
  }
  return patterns;
}

/** Shorter forms would be found by chance. */
export const MINIMUM = 8;

/** A receipt in its spellings and as bytes. */
export function patternsOfReceipt(
  receipt: { readonly entropy: Uint8Array },
  spelled: {
    readonly hanzi: readonly string[];
    readonly words: readonly string[];
    readonly numbers: readonly string[];
  },
  at: number,
): Pattern[] {
  const raw = Buffer.from(receipt.entropy);
  const forms: [string, Buffer][] = [
    ["bytes", raw],
    ["hex", Buffer.from(raw.toString("hex"))],
    ["base64", Buffer.from(raw.toString("base64").slice(0, 20))],
    ["汉字", Buffer.from(spelled.hanzi.join(""))],
    ["words", Buffer.from(spelled.words.join(" "))],
    ["numbers", Buffer.from(spelled.numbers.join(" "))],
    ["numbers in a row", Buffer.from(spelled.numbers.join(""))],
  ];
  return forms.map(([what, bytes]) => ({ bytes, what: `person ${at}: receipt, ${what}` }));
}

function written(text: string): [string, Buffer][] {
  const utf8 = Buffer.from(text, "utf8");
  const utf16 = Buffer.from(text, "utf16le");
  const forms: [string, Buffer][] = [
    ["UTF-8", utf8],
    ["UTF-16LE", utf16],
    ["UTF-16BE", Buffer.from(utf16).swap16()],
    ["hex", Buffer.from(utf8.toString("hex"))],
    ["hex in capitals", Buffer.from(utf8.toString("hex").toUpperCase())],
    ...[0, 1, 2].map((shift): [string, Buffer] => [`base64 at ${shift}`, base64Within(utf8, shift)]),
  ];
  const gbk = inGbk(text);
  if (gbk !== null) {
    forms.push(["GBK", gbk], ["GBK in hex", Buffer.from(gbk.toString("hex"))]);
  }
  if (/[^\x20-\x7e]/.test(text)) {
    forms.push(["percent-encoded", Buffer.from(encodeURIComponent(text))]);
    forms.push(["JSON escapes", Buffer.from([...text].map(escaped).join(""))]);
  }
  // The URL-safe alphabet differs only where these two signs come up.
  return forms.flatMap(([how, bytes]): [string, Buffer][] => {
    const safe = bytes.toString("latin1").replaceAll("+", "-").replaceAll("/", "_");
    const changed = how.startsWith("base64") && safe !== bytes.toString("latin1");
    return changed
      ? [
          [how, bytes],
          [`${how}, URL-safe`, Buffer.from(safe, "latin1")],
        ]
      : [[how, bytes]];
  });
}

function escaped(char: string): string {
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}

/** The characters of a base64 text that depend on these bytes alone, wherever in a longer text they lie. */
function base64Within(bytes: Buffer, shift: number): Buffer {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const first = Math.ceil((shift * 4) / 3);
  const whole = Math.floor(((shift + bytes.length) * 4) / 3);
  return Buffer.from(text.slice(first, whole), "latin1");
}

let table: Map<string, number> | undefined;

/** null where the text has a character GBK has not. Node only decodes GBK, so its table is read backwards. */
function inGbk(text: string): Buffer | null {
  table ??= readGbk();
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.charCodeAt(0) < 0x80 ? char.charCodeAt(0) : table.get(char);
    if (code === undefined) return null;
    if (code > 0xff) bytes.push(code >> 8);
    bytes.push(code & 0xff);
  }
  return Buffer.from(bytes);
}

function readGbk(): Map<string, number> {
  const decoder = new TextDecoder("gbk");
  const read = new Map<string, number>();
  for (let high = 0x81; high <= 0xfe; high += 1) {
    for (let low = 0x40; low <= 0xfe; low += 1) {
      const char = decoder.decode(Uint8Array.of(high, low));
      if (char.length === 1 && char !== "\ufffd") read.set(char, (high << 8) | low);
    }
  }
  return read;
}
