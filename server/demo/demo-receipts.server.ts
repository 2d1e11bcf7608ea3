import { hkdfSync } from "node:crypto";
import type { Portal } from "~server/portal.server";
import type { Receipt } from "~server/secrecy/receipt";

/**
 * Receipts of demo tips, derived from this installation's key so that every start can print the same ones for
 * whoever wants to see /status. Real receipts are random and known to nobody.
 */
export function demoReceipt(portal: Portal, tipId: string): Receipt {
  const entropy = hkdfSync("sha256", portal.keyring.action, "tipoff-portal/demo-receipt/v1", tipId, 16);
  return { entropy: new Uint8Array(entropy) };
}

/** Which demo tips' receipts a start prints, and what their pages show. */
export const SHOWN_RECEIPTS = [
  { tip: "t01", shows: "奖励已支付" },
  { tip: "r11", shows: "奖励已批准，等待选择领取方式" },
  { tip: "t07", shows: "已办结，证据不足，有消息" },
  { tip: "t22", shows: "有一个提问，等举报人回答" },
  { tip: "t24", shows: "正在核查，有往来消息和附件" },
] as const;
