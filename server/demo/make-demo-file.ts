import sharp from "sharp";

/** Bytes of a small file for the demonstration, different for every name: a picture (.jpg) or one page of PDF (.pdf). */
export function makeDemoFile(name: string): Promise<Buffer> {
  const seed = [...name].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 9_973, 7);
  return name.endsWith(".pdf") ? Promise.resolve(makePage(seed)) : makePicture(seed);
}

/** A sheet with lines on it, as a photographed slip looks from afar; no letters, as no font is sure to be there. */
function makePicture(seed: number): Promise<Buffer> {
  const hue = seed % 360;
  const lines = Array.from({ length: 9 }, (_none, at) => {
    const width = 180 + ((seed * (at + 3)) % 220);
    return `<rect x="90" y="${String(150 + at * 34)}" width="${String(width)}" height="12" rx="3" fill="#8794a3"/>`;
  });
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480">
    <rect width="640" height="480" fill="hsl(${String(hue)}, 22%, 62%)"/>
    <g transform="rotate(${String((seed % 7) - 3)} 320 240)">
      <rect x="60" y="40" width="520" height="410" fill="#fdfdf8"/>
      <rect x="90" y="70" width="240" height="30" rx="4" fill="#52606d"/>
      ${lines.join("")}
      <circle cx="490" cy="370" r="46" fill="none" stroke="#b3261e" stroke-width="6" opacity="0.7"/>
    </g>
  </svg>`;
  return sharp(Buffer.from(drawing)).jpeg({ quality: 72 }).toBuffer();
}

function makePage(seed: number): Buffer {
  const said = `BT /F1 18 Tf 72 760 Td (Demonstration document No. ${String(seed)}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${String(said.length)} >>\nstream\n${said}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let page = "%PDF-1.4\n";
  const at = objects.map((body, index) => {
    const offset = page.length;
    page += `${String(index + 1)} 0 obj\n${body}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const table = page.length;
  page += `xref\n0 ${String(objects.length + 1)}\n0000000000 65535 f \n${at.join("")}`;
  page += `trailer\n<< /Size ${String(objects.length + 1)} /Root 1 0 R >>\nstartxref\n${String(table)}\n%%EOF\n`;
  return Buffer.from(page, "latin1");
}
