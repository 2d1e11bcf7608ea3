import { toDataURL } from "qrcode";
import { spellReceipt, type Receipt } from "~server/secrecy/receipt";

/**
 * The receipt's twelve numbers as a QR code, in a PNG data URL: Tor Browser's safest level draws no SVG. It holds
 * no address, so that scanning it opens nothing.
 */
export function drawReceiptCode(receipt: Receipt): Promise<string> {
  return toDataURL(spellReceipt(receipt).numbers.join(" "), {
    margin: 2,
    scale: 5,
    errorCorrectionLevel: "M",
  });
}
