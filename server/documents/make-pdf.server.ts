import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import pdfmake from "pdfmake";
import type { Content, StyleDictionary, TDocumentDefinitions } from "pdfmake/interfaces";
import { canonicalJson } from "~server/canonical-json";

/** What a document says and how it is numbered. Equal input gives equal bytes. */
export type PdfDefinition = {
  readonly title: string;
  /** Printed at the foot of each page. */
  readonly number: string;
  /** SHA-256 of what the document says, hex (`hashContent`); printed at the foot of each page. */
  readonly sha256: string;
  /** The document's creation date, from the caller's clock. */
  readonly createdAt: Date;
  readonly content: Content;
  readonly styles?: StyleDictionary;
};

const MARGIN = 50;

/** SHA-256, hex, of the facts a document is made from. */
export function hashContent(facts: unknown): string {
  return createHash("sha256").update(canonicalJson(facts)).digest("hex");
}

/**
 * An A4 document in Noto Sans SC with its number, hash and page at the foot. Made here, on the server, from facts alone:
 * nothing is fetched, and of files only the fonts are read. Characters the font lacks are printed as boxes.
 */
export async function makePdf(definition: PdfDefinition): Promise<Buffer> {
  const { title, number, sha256, createdAt, content, styles } = definition;
  useFonts();
  const document: TDocumentDefinitions = {
    pageSize: "A4",
    pageMargins: [MARGIN, MARGIN, MARGIN, MARGIN + 14],
    info: { title, creationDate: createdAt, modDate: createdAt, producer: "", creator: "" },
    defaultStyle: { font: "NotoSansSC", fontSize: 10, lineHeight: 1.25 },
    styles: {
      title: { fontSize: 18, bold: true, alignment: "center", margin: [0, 0, 0, 8] },
      heading: { fontSize: 12, bold: true, margin: [0, 12, 0, 4] },
      small: { fontSize: 8, color: "#555555" },
      ...styles,
    },
    content,
    footer: (page, pages) => ({
      margin: [MARGIN, 14, MARGIN, 0],
      fontSize: 7,
      color: "#555555",
      columns: [
        { width: "*", text: `${number}\nSHA-256 ${sha256}` },
        { width: 50, text: `${String(page)} / ${String(pages)}`, alignment: "right" },
      ],
    }),
  };
  return pdfmake.createPdf(document).getBuffer();
}

let fontsInUse = false;

function useFonts(): void {
  if (fontsInUse) return;
  const folder = dirname(
    createRequire(import.meta.url).resolve("@expo-google-fonts/noto-sans-sc/package.json"),
  );
  const normal = join(folder, "400Regular", "NotoSansSC_400Regular.ttf");
  const bold = join(folder, "700Bold", "NotoSansSC_700Bold.ttf");
  pdfmake.setFonts({ NotoSansSC: { normal, bold, italics: normal, bolditalics: bold } });
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => path === normal || path === bold);
  fontsInUse = true;
}
