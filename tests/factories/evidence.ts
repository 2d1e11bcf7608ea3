import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { crc32, deflateRawSync } from "node:zlib";
import sharp from "sharp";
import { afterAll } from "vitest";
import { openCopyMaker } from "~server/evidence/make-copy.server";
import { openStore } from "~server/evidence/open-store.server";
import type { Evidence } from "~server/evidence/open-evidence.server";
import { receiveFiles, type Received } from "~server/evidence/receive-files.server";
import { saveDraft } from "~server/intake/save-draft.server";
import type { Portal } from "~server/portal.server";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import { reportAnswers } from "./report-answers";

/** An evidence store in a folder of its own, gone after the test file. */
export function evidenceFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "portal-evidence-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function evidenceIn(folder: string, over: Partial<Evidence> = {}): Evidence {
  return { store: openStore(folder), makeCopy: openCopyMaker(), scan: null, ...over };
}

export async function startDraft(portal: Portal): Promise<Receipt> {
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw: reportAnswers(), at: portal.clock.now() });
  return receipt;
}

export type Sent = { readonly name: string; readonly bytes: Uint8Array };

/** A post as a browser makes it; `fields` stand before the files. */
export function multipart(files: readonly Sent[], fields: Record<string, string> = {}): Request {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const { name, bytes } of files) form.append("files", new Blob([new Uint8Array(bytes)]), name);
  return new Request("http://localhost:3000/report/evidence", { method: "POST", body: form });
}

/** A post from a stream of raw bytes. */
export function streamed(body: Readable, boundary: string): Request {
  return new Request("http://localhost:3000/report/evidence", {
    method: "POST",
    headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` },
    body: body as unknown as BodyInit,
    duplex: "half",
  });
}

export function sendFiles(portal: Portal, receipt: Receipt, files: readonly Sent[]): Promise<Received> {
  return receiveFiles(portal, multipart(files), () => ({ kind: "draft", receipt }));
}

/** Every file below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile());
}

export function bytesBelow(folder: string): Buffer {
  return Buffer.concat(filesBelow(folder).map((file) => readFileSync(file)));
}

/** Where it was taken, as EXIF writes it: 29° 18′ 12.3456″. */
export const GPS = "29/1 18/1 123456/10000";

/** A photo as a phone makes it: on its side, with the place (EXIF rationals) and the maker. */
export function photo(seed = 1, place = { latitude: GPS, longitude: GPS }): Promise<Buffer> {
  return sharp({
    create: { width: 80, height: 60, channels: 3, background: { r: (seed * 37) % 256, g: 90, b: 20 } },
  })
    .withMetadata({ orientation: 6 })
    .withExifMerge({
      IFD0: { Make: "CANARYPHONE", Model: `MODEL-${seed}` },
      IFD3: {
        GPSLatitudeRef: "N",
        GPSLatitude: place.latitude,
        GPSLongitudeRef: "E",
        GPSLongitude: place.longitude,
      },
    })
    .jpeg()
    .toBuffer();
}

/** A ZIP archive of these entries, deflated. */
export function zip(entries: Record<string, string | Buffer>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, content] of Object.entries(entries)) {
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(crc32(plain), 14);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(plain.length, 22);
    head.writeUInt16LE(Buffer.byteLength(name), 26);
    parts.push(head, Buffer.from(name), packed);
  }
  return Buffer.concat([...parts, Buffer.from([0x50, 0x4b, 0x01, 0x02])]);
}

const CONTENT_TYPES = (kind: string) =>
  `<?xml version="1.0"?><Types><Override PartName="/x" ContentType="application/vnd.openxmlformats-officedocument.${kind}.main+xml"/></Types>`;

export const DOCX = zip({
  "[Content_Types].xml": CONTENT_TYPES("wordprocessingml.document"),
  "word/document.xml": "<w:document/>",
});
export const XLSX = zip({
  "[Content_Types].xml": CONTENT_TYPES("spreadsheetml.sheet"),
  "xl/workbook.xml": "<workbook/>",
});
export const PDF = Buffer.from("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
const box = (brand: string) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 24]),
    Buffer.from(`ftyp${brand}`),
    Buffer.alloc(12),
    Buffer.alloc(200),
  ]);
export const MP4 = box("isom");
export const M4A = box("M4A ");
export const HEIC = box("heic");
export const MOV = box("qt  ");
export const MP3 = Buffer.concat([
  Buffer.from("ID3\x04\x00\x00\x00\x00\x00\x00"),
  Buffer.from([0xff, 0xfb, 0x90, 0x64]),
  Buffer.alloc(400),
]);
export const DOC = Buffer.concat([
  Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
  Buffer.alloc(600),
]);
/** 苗禾理财 in GBK, again and again: bytes that are no UTF-8. */
export const GBK_TEXT = Buffer.from("c3e7bacdc0edb2c6a3ac0d0a".repeat(40), "hex");
