/**
 * GB18030 bytes of a text, which many bank systems still ask for; the platform decodes it and does not encode it, so
 * the table is made by decoding every code. null where a character has no code.
 */
export function encodeGb18030(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes: number[] = [];
  for (const char of text) {
    if (char < "\u0080") bytes.push(char.charCodeAt(0));
    else {
      const code = table().get(char) ?? beyond(char);
      if (code === null) return null;
      bytes.push(...code);
    }
  }
  return new Uint8Array(bytes);
}

let made: Map<string, readonly number[]> | null = null;

function table(): ReadonlyMap<string, readonly number[]> {
  if (made !== null) return made;
  const decoder = new TextDecoder("gb18030");
  const found = new Map<string, readonly number[]>();
  const put = (code: readonly number[]) => {
    const char = decoder.decode(new Uint8Array(code));
    if ([...char].length === 1 && char !== "\ufffd" && !found.has(char)) found.set(char, code);
  };
  for (let high = 0x81; high <= 0xfe; high += 1)
    for (let low = 0x40; low <= 0xfe; low += 1) if (low !== 0x7f) put([high, low]);
  // Four bytes: what is left of the basic plane. The other planes are counted, not looked up.
  for (let first = 0x81; first <= 0x84; first += 1)
    for (let second = 0x30; second <= 0x39; second += 1)
      for (let third = 0x81; third <= 0xfe; third += 1)
        for (let fourth = 0x30; fourth <= 0x39; fourth += 1) put([first, second, third, fourth]);
  made = found;
  return found;
}

/** U+10000 and above stand in order from 0x90308130 on. */
function beyond(char: string): number[] | null {
  const point = char.codePointAt(0) ?? 0;
  if (point < 0x10000) return null;
  let left = point - 0x10000;
  const fourth = 0x30 + (left % 10);
  left = Math.floor(left / 10);
  const third = 0x81 + (left % 126);
  left = Math.floor(left / 126);
  return [0x90 + Math.floor(left / 10), 0x30 + (left % 10), third, fourth];
}
