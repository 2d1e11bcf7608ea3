import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIKE_FROM, findSimilar, similarity, sketchText } from "~/staff-client/text/find-similar";
import { findSpans, foldText } from "~/staff-client/text/fold-text";

const found = (text: string, words: string) =>
  findSpans(foldText(text), words).map(({ from, to }) => text.slice(from, to));

describe("searching a narrative", () => {
  it("finds words whatever their width, case, script and spacing, and marks what was written", () => {
    expect(found("每月返利３％，下载ＡＰＰ", "3%")).toEqual(["３％"]);
    expect(found("下载ＡＰＰ就行", "app")).toEqual(["ＡＰＰ"]);
    expect(found("業務員說每月返利", "业务员说")).toEqual(["業務員說"]);
    expect(found("返 利\n百分之三", "返利百分之三")).toEqual(["返 利\n百分之三"]);
    expect(found("面积100㎡起", "m2")).toEqual(["㎡"]);
    expect(found("很好🙏返利🙏", "🙏")).toEqual(["🙏", "🙏"]);
  });

  it("finds nothing for blank words, and nothing that is not there", () => {
    expect(found("返利", "  　")).toEqual([]);
    expect(found("返利", "返还")).toEqual([]);
  });

  it("marks whole characters, in order and without overlap, for any text and words taken from it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(), fc.nat(5), (text, at, length) => {
        const chars = Array.from(text);
        const words = chars.slice(at % (chars.length + 1)).slice(0, length + 1);
        const spans = findSpans(foldText(text), words.join(""), 1000);
        let last = 0;
        for (const { from, to } of spans) {
          expect(from).toBeGreaterThanOrEqual(last);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(text.length);
          last = to;
        }
        const sought = foldText(words.join("")).text;
        expect(spans.length > 0).toBe(sought !== "" && foldText(text).text.includes(sought));
      }),
    );
  });
});

const STORY =
  "业务员每天在菜场门口发鸡蛋，请老人去听课，说存三万每年给一成八的利息，手机上点一点就行。我父亲投了五万，现在取不出来。";
const OTHER = "这家公司在写字楼里办讲座，拉人头入会，先交两千元会费，再按层级返佣金，说是区块链项目。";

describe("comparing narratives", () => {
  const like = (texts: readonly string[]) => findSimilar(texts.map(sketchText)).then((rows) => [...rows]);

  it("marks a text as like the first earlier one it repeats, also where punctuation, width or a few words differ", async () => {
    expect(await like([STORY, OTHER, STORY.replaceAll("，", " , "), `${STORY}请尽快查处。`])).toEqual([
      -1, -1, 0, 0,
    ]);
  });

  it("leaves texts alone that share a topic, and texts too short to tell", async () => {
    expect(await like([STORY, OTHER, "返利不给", "返利不给"])).toEqual([-1, -1, -1, -1]);
  });

  it("says what an exact comparison of all pairs says", async () => {
    const words = fc.constantFrom(
      "返利",
      "利息",
      "老人",
      "讲座",
      "公司",
      "手机",
      "取不出",
      "存三万",
      "会费",
      "拉人头",
    );
    const text = fc.array(words, { minLength: 8, maxLength: 60 }).map((list) => list.join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 8 }), fc.nat(7), async (texts, again) => {
        const all = [...texts, `${texts[again % Math.max(1, texts.length)] ?? ""}后来报了警`];
        const sketches = all.map(sketchText);
        const exact = sketches.map((sketch, at) =>
          sketches
            .slice(0, at)
            .findIndex((earlier) => earlier && sketch && similarity(earlier, sketch) >= LIKE_FROM),
        );
        const told = await like(all);
        // What is clearly over the line is never missed; what is told is always over it.
        for (const [at, one] of told.entries()) {
          if (one >= 0) expect(similarity(sketches[one]!, sketches[at]!)).toBeGreaterThanOrEqual(LIKE_FROM);
          const first = exact[at] ?? -1;
          if (first >= 0 && similarity(sketches[first]!, sketches[at]!) > 0.85) expect(one).toBe(first);
        }
      }),
      { numRuns: 60 },
    );
  });
});
