import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanUscc, isValidUscc, usccCheckCharacter } from "~/forms/uscc";

const ALPHABET = [..."0123456789ABCDEFGHJKLMNPQRTUWXY"];
const character = fc.constantFrom(...ALPHABET);
const text = (from: fc.Arbitrary<string>, length: number) =>
  fc.array(from, { minLength: length, maxLength: length }).map((all) => all.join(""));
const body = fc
  .tuple(text(character, 2), text(fc.constantFrom(...ALPHABET.slice(0, 10)), 6), text(character, 9))
  .map((parts) => parts.join(""));
const code = body.map((first) => `${first}${usccCheckCharacter(first)}`);

describe("统一社会信用代码 (GB 32100-2015)", () => {
  it("the published worked example, 91350100M000100Y4, ends in 3", () => {
    expect(usccCheckCharacter("91350100M000100Y4")).toBe("3");
    expect(isValidUscc("91350100M000100Y43")).toBe(true);
  });

  it("a body whose weighted sum is a multiple of 31 ends in 0", () => {
    expect(usccCheckCharacter("0".repeat(17))).toBe("0");
  });

  it("a code with any one character changed is refused", () => {
    fc.assert(
      fc.property(code, fc.nat({ max: 17 }), character, (valid, at, other) => {
        fc.pre(valid.charAt(at) !== other);
        expect(isValidUscc(valid)).toBe(true);
        expect(isValidUscc(valid.slice(0, at) + other + valid.slice(at + 1))).toBe(false);
      }),
    );
  });

  it("a code with two unlike neighbours exchanged is refused", () => {
    fc.assert(
      fc.property(code, fc.nat({ max: 16 }), (valid, at) => {
        const left = valid.charAt(at);
        const right = valid.charAt(at + 1);
        fc.pre(left !== right);
        expect(isValidUscc(valid.slice(0, at) + right + left + valid.slice(at + 2))).toBe(false);
      }),
    );
  });

  it.each([
    ["the letter the standard leaves out in place of the check character", "91350100M000100Y4Z"],
    ["letters in the division code", "9135O100M000100Y43"],
    ["one character too few", "91350100M000100Y4"],
    ["one character too many", "91350100M000100Y433"],
    ["lower case, which cleanUscc puts right", "91350100m000100y43"],
    ["a line break after the code", "91350100M000100Y43\n"],
    ["nothing", ""],
  ])("refused: %s", (_why, typed) => {
    expect(isValidUscc(typed)).toBe(false);
  });

  it("a body of the wrong length or alphabet has no check character", () => {
    expect(usccCheckCharacter("91350100M000100Y")).toBeNull();
    expect(usccCheckCharacter("91350100M000100Yi")).toBeNull();
  });

  it("full-width digits, spaces, dashes and lower case are cleaned before the check", () => {
    expect(cleanUscc(" ９１３５０１００-m000 100y４３　")).toBe("91350100M000100Y43");
    expect(isValidUscc(cleanUscc("91350100–M000100Y4—3"))).toBe(true);
  });
});
