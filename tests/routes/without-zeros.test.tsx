import { PassThrough, type Transform } from "node:stream";
import { buffer } from "node:stream/consumers";
import { renderToPipeableStream, renderToString } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { withoutZeros } from "~/without-zeros.server";

/** A page whose block of 2 048 bytes ends inside a character, at every place a character can be cut. */
const pages = Array.from({ length: 4 }, (_none, at) => (
  <form key={at}>
    <p>{"a".repeat(at)}</p>
    {Array.from({ length: 60 }, (_one, row) => (
      <input
        key={row}
        name={`field-${row}`}
        defaultValue={`浙江省金华市𠮷野家非法集资${"线索".repeat(row % 7)}`}
      />
    ))}
    <textarea defaultValue={"经营地不清楚，承诺每月返利。".repeat(400)} />
  </form>
));

async function sent(page: React.ReactElement, through: Transform): Promise<Buffer> {
  const { pipe } = renderToPipeableStream(page, { onAllReady: () => pipe(through) });
  return buffer(through);
}

describe("a page as it is sent", () => {
  it.each(pages.map((page, at) => [at, page] as const))(
    "has every Chinese character whole and no zero byte, wherever its blocks end (%i)",
    async (_at, page) => {
      const body = await sent(page, withoutZeros());
      expect(body.includes(0)).toBe(false);
      expect(body.toString("utf8")).toBe(renderToString(page));
    },
  );

  it("would have zero bytes as React sends it: without them what is tested above is needed no more", async () => {
    const bodies = await Promise.all(pages.map((page) => sent(page, new PassThrough())));
    expect(bodies.some((body) => body.includes(0))).toBe(true);
  });
});
