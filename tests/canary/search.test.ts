import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createReceipt, spellReceipt } from "~server/secrecy/receipt";
import { patternsOf, patternsOfReceipt, plantedPerson } from "./planted-values";
import { makeSearcher } from "./search-bytes";

describe("the search for planted values", () => {
  const person = plantedPerson("test", 7);
  const receipt = createReceipt();
  const patterns = [...patternsOf(person, 7), ...patternsOfReceipt(receipt, spellReceipt(receipt), 7)];
  const noise = randomBytes(300_000);

  it("finds every form of every value, also where two reads meet", () => {
    const searcher = makeSearcher(patterns);
    for (const { bytes, what } of patterns) {
      const haystack = Buffer.concat([noise.subarray(0, 70_000), bytes, noise.subarray(70_000)]);
      const stream = searcher.stream();
      const cut = 70_000 + Math.floor(bytes.length / 2);
      stream.feed(haystack.subarray(0, cut));
      stream.feed(haystack.subarray(cut));
      expect([...stream.found]).toContain(what);
    }
  });

  it("finds nothing where nothing was planted", () => {
    const stream = makeSearcher(patterns).stream();
    stream.feed(noise);
    expect([...stream.found]).toEqual([]);
  });

  it("knows a value inside a longer base64 text, whatever stands before it", () => {
    for (let before = 0; before < 4; before += 1) {
      const text = Buffer.from(`${"x".repeat(before)}${person.phone} und so weiter`).toString("base64");
      const stream = makeSearcher(patterns).stream();
      stream.feed(Buffer.from(text));
      expect([...stream.found].some((what) => what.includes("phone, base64"))).toBe(true);
    }
  });
});
