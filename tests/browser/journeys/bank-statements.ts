import type { Page } from "playwright-core";
import type { PayeeDetails } from "~server/secrecy/payee-format";

/** One transaction as the bank tells it: the id of a batch's line, or what a cashier wrote to a transfer by hand. */
export type BankEntry = {
  readonly endToEndId?: string;
  readonly purpose?: string;
  readonly amount: string;
  readonly came?: "back";
  readonly booked?: false;
};

/** A camt.053 as a bank writes it, with the payee's name and account in it. */
export function writeStatement(
  entries: readonly BankEntry[],
  closing: string,
  payee: Pick<PayeeDetails, "holder" | "account">,
): Buffer {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const lines = entries.map(({ endToEndId = "NOTPROVIDED", purpose, amount, came, booked = true }) => {
    const back = came === "back" ? "<RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf>" : "";
    const text = purpose === undefined ? "" : `<RmtInf><Ustrd>${purpose}</Ustrd></RmtInf>`;
    return `<Ntry><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>${came === "back" ? "CRDT" : "DBIT"}</CdtDbtInd><Sts><Cd>${booked ? "BOOK" : "PDNG"}</Cd></Sts><BookgDt><Dt>${today}</Dt></BookgDt><NtryDtls><TxDtls>
<Refs><EndToEndId>${endToEndId}</EndToEndId></Refs><Amt Ccy="CNY">${amount}</Amt><RltdPties><Cdtr><Nm>${payee.holder}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>${payee.account}</Id></Othr></Id></CdtrAcct></RltdPties>${text}${back}
</TxDtls></NtryDtls></Ntry>`;
  });
  return Buffer.from(`<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>x</Id>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">${closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${today}</Dt></Dt></Bal>
${lines.join("\n")}</Stmt></BkToCstmrStmt></Document>`);
}

/** The cashier's browser reads the file, and uploads what it may of it. */
export async function uploadStatement(
  cashier: Page,
  file: Buffer,
  of: { readonly fundId: string; readonly no: number; readonly lines: number; readonly told: RegExp },
): Promise<void> {
  await cashier.goto("/staff/reconciliation");
  await cashier
    .locator("#statement-file")
    .setInputFiles({ name: "statement.xml", mimeType: "application/xml", buffer: file });
  await cashier.getByText(`读到 ${of.lines} 条流水`).waitFor();
  await cashier.locator("#statement-fund").selectOption(of.fundId);
  const number = await cashier.locator("#statement-number").inputValue();
  await cashier.locator("#statement-number").fill(number.replace(/-1$/, `-${of.no}`));
  await cashier.getByRole("button", { name: `上传 ${of.lines} 条流水` }).click();
  await cashier.getByText(of.told).waitFor();
}

/** What the books say the fund's account holds, as the page of the month tells it, in the way a bank writes it. */
export async function readBookBalance(page: Page, fundId: string): Promise<string> {
  await page.goto(`/staff/reconciliation?fund=${fundId}`);
  const row = page.locator("tfoot tr", { hasText: "期末账面余额" });
  return (await row.locator("td").last().innerText()).replace(/[¥,\s]/g, "");
}
