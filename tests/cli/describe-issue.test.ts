import { describe, expect, it } from "vitest";
import { z } from "zod";
import { describeFirstIssue } from "~server/describe-issue";

function faultOf(schema: z.ZodType, value: unknown) {
  const parsed = schema.safeParse(value);
  if (parsed.success) throw new Error("nothing is wrong");
  return describeFirstIssue("root", parsed.error);
}

describe("a fault is described", () => {
  const shape = z.strictObject({
    size: z.union([z.strictObject({ least: z.number() }), z.string()]).optional(),
    deep: z
      .union([z.string(), z.strictObject({ a: z.union([z.number(), z.strictObject({ b: z.int() })]) })])
      .optional(),
    list: z.array(z.boolean()).optional(),
  });

  it.each<[string, unknown, string, string]>([
    ["by the place in a list", { list: [true, 1] }, "root.list[1]", "expected boolean, received number"],
    ["by the key nobody knows", { colour: 1 }, "root.colour", "unknown key"],
    ["with a key of strange letters quoted", { "a\nb": 1 }, 'root["a\\nb"]', "unknown key"],
    ["as missing where nothing is given", { size: {} }, "root.size.least", "missing"],
    [
      "by the branch that got furthest",
      { size: { least: "5" } },
      "root.size.least",
      "expected number, received string",
    ],
    [
      "through a union within a union",
      { deep: { a: { b: "c" } } },
      "root.deep.a.b",
      "expected number, received string",
    ],
    ["at the union where no branch got anywhere", { size: 5 }, "root.size", "Invalid input"],
  ])("%s", (_, value, path, message) => {
    expect(faultOf(shape, value)).toEqual({ path, message });
  });
});
