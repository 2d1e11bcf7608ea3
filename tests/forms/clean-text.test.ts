import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanNote, cleanText } from "~/forms/clean-text";
import { queryText } from "~/forms/query-text";

const unseen = fc.constantFrom(
  ...[
    "\u0000",
    "\u0008",
    "\u000b",
    "\u001f",
    "\u007f",
    "\u200b",
    "\u202a",
    "\u202e",
    "\u2066",
    "\u2069",
    "\ufeff",
  ],
  ...["\ud800", "\udfff"],
);

describe("text as it is kept", () => {
  it("loses what is not seen, wherever it stands", () => {
    fc.assert(
      fc.property(fc.array(unseen, { maxLength: 5 }), (marks) => {
        const typed = `${marks.join(",")}鑫${marks.map((mark) => `${mark}、`).join("")}利`;
        expect(cleanNote(typed)).toBe(
          `${",".repeat(Math.max(0, marks.length - 1))}鑫${"、".repeat(marks.length)}利`,
        );
      }),
    );
  });

  it("keeps lines, tabs, punctuation and characters outside the basic plane", () => {
    expect(cleanNote("一，\r\n二\t𠮷\r三😀")).toBe("一，\n二\t𠮷\n三😀");
  });

  it("folds full-width forms only where numbers and names are asked", () => {
    expect(cleanText(" １２Ａ，\u3000")).toBe("12A,");
    expect(cleanNote("１２Ａ，")).toBe("１２Ａ，");
  });

  it("leaves anything but text to the schema", () => {
    expect(cleanText(undefined)).toBeUndefined();
    expect(cleanNote(["a"])).toEqual(["a"]);
  });
});

describe("a word of an address", () => {
  it("is empty when it is missing, sent too long, or nothing but a NUL", () => {
    const word = queryText(5);
    expect([undefined, "六个字太长了", "\u0000", " 王五 "].map((value) => word.parse(value))).toEqual([
      "",
      "",
      "",
      "王五",
    ]);
  });
});
