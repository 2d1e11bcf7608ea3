import { inflateSync } from "node:zlib";

/**
 * What a PDF of ours says, as its reader would copy it: the glyphs of every drawn text looked up in its font's
 * ToUnicode table, one piece of text after another.
 */
export function readPdfText(pdf: Buffer): string {
  const objects = readObjects(pdf);
  const fonts = new Map<string, ReadonlyMap<string, string>>();
  for (const { head } of objects.values())
    for (const [, name = "", at = ""] of head.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const table = /\/ToUnicode (\d+) 0 R/.exec(objects.get(at)?.head ?? "")?.[1] ?? "";
      fonts.set(name, readTable(objects.get(table)?.stream ?? ""));
    }
  const said: string[] = [];
  for (const { stream } of objects.values()) {
    let font: ReadonlyMap<string, string> = new Map();
    for (const [, chosen, drawn] of stream.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
      if (chosen !== undefined) font = fonts.get(chosen) ?? new Map();
      const glyphs = [...(drawn ?? "").matchAll(/<([0-9a-f]+)>/gi)].map(([, hex = ""]) => hex).join("");
      const text = (glyphs.match(/.{4}/g) ?? []).map((glyph) => font.get(glyph.toLowerCase()) ?? "\ufffd");
      if (text.length > 0) said.push(text.join(""));
    }
  }
  return said.join("\n");
}

function readObjects(pdf: Buffer): Map<string, { head: string; stream: string }> {
  const found = new Map<string, { head: string; stream: string }>();
  for (const [, id = "", body = ""] of pdf.toString("latin1").matchAll(/(\d+) 0 obj\n([\s\S]*?)endobj/g)) {
    const [head = "", packed] = body.split(/stream\r?\n/);
    const raw = Buffer.from(packed ?? "", "latin1");
    found.set(id, { head, stream: head.includes("/FlateDecode") ? inflate(raw) : raw.toString("latin1") });
  }
  return found;
}

function inflate(raw: Buffer): string {
  try {
    return inflateSync(raw).toString("latin1");
  } catch {
    return "";
  }
}

/** `<first> <last> [<text> …]` rows of a CMap. */
function readTable(cmap: string): Map<string, string> {
  const table = new Map<string, string>();
  for (const [, first = "", list = ""] of cmap.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/gi)) {
    [...list.matchAll(/<([0-9a-f ]*)>/gi)].forEach(([, hex = ""], at) => {
      const glyph = (Number.parseInt(first, 16) + at).toString(16).padStart(4, "0");
      table.set(glyph, Buffer.from(hex.replaceAll(" ", ""), "hex").swap16().toString("utf16le"));
    });
  }
  return table;
}
