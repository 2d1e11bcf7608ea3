/** One way a text or some bytes may be written; `width` bytes or more tell it from chance. */
export type Spelling = { readonly encoding: string; readonly bytes: Buffer };

let gbkTable: Map<string, readonly number[]> | undefined;

/** Node decodes GBK only: the table is read backwards. Throws for a character GBK does not have. */
export function toGbk(text: string): Buffer {
  gbkTable ??= readGbk();
  const bytes = [...text].flatMap((character) => {
    const code = character.charCodeAt(0);
    const found = code < 0x80 ? [code] : gbkTable?.get(character);
    if (found === undefined) throw new Error("GBK has no such character");
    return [...found];
  });
  return Buffer.from(bytes);
}

function readGbk(): Map<string, readonly number[]> {
  const decoder = new TextDecoder("gbk");
  const table = new Map<string, readonly number[]>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail === 0x7f) continue;
      const character = decoder.decode(Uint8Array.from([lead, trail]));
      if ([...character].length === 1 && character !== "\ufffd" && !table.has(character))
        table.set(character, [lead, trail]);
    }
  }
  return table;
}

/** Every way a text is searched for, each once. */
export function spellText(text: string): Spelling[] {
  const utf8 = Buffer.from(text, "utf8");
  const utf16 = Buffer.from(text, "utf16le");
  const percent = [...utf8].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const escape = (upper: boolean) =>
    Array.from({ length: text.length }, (_, at) => {
      const hex = text.charCodeAt(at).toString(16).padStart(4, "0");
      return text.charCodeAt(at) < 0x80 ? text.charAt(at) : `\\u${upper ? hex.toUpperCase() : hex}`;
    }).join("");
  return once([
    { encoding: "utf-8", bytes: utf8 },
    { encoding: "utf-16le", bytes: utf16 },
    { encoding: "utf-16be", bytes: Buffer.from(utf16).swap16() },
    { encoding: "gbk", bytes: toGbk(text) },
    ...spellBytes(utf8).filter(({ encoding }) => encoding !== "raw"),
    { encoding: "url", bytes: ascii(encodeURIComponent(text)) },
    {
      encoding: "url lower case",
      bytes: ascii(encodeURIComponent(text).replace(/%../g, (at) => at.toLowerCase())),
    },
    { encoding: "url every byte", bytes: ascii(percent) },
    { encoding: "json", bytes: ascii(escape(false)) },
    { encoding: "json upper case", bytes: ascii(escape(true)) },
  ]);
}

/** Bytes as themselves, in hex, and in base64 wherever in a longer run they may stand. */
export function spellBytes(bytes: Buffer): Spelling[] {
  const hex = bytes.toString("hex");
  return once([
    { encoding: "raw", bytes },
    { encoding: "hex", bytes: ascii(hex) },
    { encoding: "hex upper case", bytes: ascii(hex.toUpperCase()) },
    ...[0, 1, 2].flatMap((offset) => {
      const standing = base64At(bytes, offset);
      return [
        { encoding: `base64 +${String(offset)}`, bytes: ascii(standing) },
        {
          encoding: `base64url +${String(offset)}`,
          bytes: ascii(standing.replace(/\+/g, "-").replace(/\//g, "_")),
        },
      ];
    }),
  ]);
}

/** The characters that do not depend on what stands before and after, `offset` bytes into a group of three. */
function base64At(bytes: Buffer, offset: number): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  return whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

function ascii(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

function once(spellings: readonly Spelling[]): Spelling[] {
  const seen = new Set<string>();
  return spellings.filter(({ bytes }) => {
    const key = bytes.toString("latin1");
    return seen.has(key) ? false : (seen.add(key), true);
  });
}
