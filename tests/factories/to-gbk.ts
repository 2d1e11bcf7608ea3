/** GBK bytes of a text, made by trying: the platform only decodes. What GBK has not becomes a question mark. */
export function toGbk(text: string): Buffer {
  return Buffer.from(
    [...text].flatMap((char) => (char < "\u0080" ? [char.charCodeAt(0)] : (table().get(char) ?? [63]))),
  );
}

let made: Map<string, number[]> | null = null;

function table(): ReadonlyMap<string, number[]> {
  if (made !== null) return made;
  const decoder = new TextDecoder("gb18030");
  made = new Map();
  for (let high = 0x81; high <= 0xfe; high += 1)
    for (let low = 0x40; low <= 0xfe; low += 1)
      if (low !== 0x7f) made.set(decoder.decode(Buffer.from([high, low])), [high, low]);
  return made;
}
