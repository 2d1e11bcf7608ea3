import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { markFile, nameMarkedFile } from "~/staff-client/bank/mark-file";

const FILE = new TextEncoder().encode("1,测试户名,6222020000000000000,5000.00\r\n");

describe("a payment file's mark", () => {
  it("is another each time the same file is made, and no hash of its bytes", async () => {
    const [one, two] = [await markFile(FILE), await markFile(FILE)];
    expect(one.mark).not.toBe(two.mark);
    expect(one.key).not.toBe(two.key);
    expect([one.mark, two.mark]).not.toContain(createHash("sha256").update(FILE).digest("hex"));
    expect(one.mark).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is checked with the file and its name alone, and shows one changed byte", async () => {
    const { key, mark } = await markFile(FILE);
    const name = nameMarkedFile("2026-0007", "csv", key);
    const inName = /-([0-9a-f]{32})\.csv$/.exec(name)?.[1] ?? "";
    const check = (bytes: Uint8Array) =>
      createHmac("sha256", Buffer.from(inName, "hex")).update(bytes).digest("hex");
    expect(check(FILE)).toBe(mark);
    const changed = Uint8Array.from(FILE);
    changed[20] = (changed[20] ?? 0) ^ 1;
    expect(check(changed)).not.toBe(mark);
  });
});
