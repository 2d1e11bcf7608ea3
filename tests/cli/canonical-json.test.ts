import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "~server/canonical-json";

describe("canonical JSON", () => {
  it("sorts keys by code unit at every depth and writes no white space", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "证" }], B: true, a: "\n" })).toBe(
      '{"B":true,"a":"\\n","b":[1,{"c":"证","d":null}]}',
    );
  });

  it("says the same as JSON, whatever the order of the keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const sent = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
        const turned = Object.fromEntries(Object.entries(sent).reverse());
        expect(JSON.parse(canonicalJson(sent))).toEqual(sent);
        expect(canonicalJson(turned)).toBe(canonicalJson(sent));
      }),
    );
  });

  it.each([
    ["undefined", undefined],
    ["a key without a value", { a: undefined }],
    ["a hole in a list", [1, , 2]],
    ["a bigint", 1n],
    ["a number without end", Infinity],
    ["no number", NaN],
    ["a function", () => 1],
    ["a date", new Date(0)],
    ["a map", new Map()],
  ])("refuses %s", (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});
