import { expect, test } from "vitest";
import { clauseText, splitLanguages } from "~/forms/clause-text";

test("an id inside a sentence is put into words too, and a document stays as it is", () => {
  expect(clauseText("不超过100万元（jinhua-default（默认方案，可修改））", "zh")).toBe(
    "不超过100万元（本平台默认方案（待当地确认））",
  );
  expect(clauseText("国市监稽规〔2021〕4号", "en")).toBe("国市监稽规〔2021〕4号");
});

test("only what is Chinese is marked as Chinese", () => {
  expect(splitLanguages("floors of 国市监稽规〔2021〕4号.")).toEqual([
    { text: "floors of ", chinese: false },
    { text: "国市监稽规〔2021〕4号", chinese: true },
    { text: ".", chinese: false },
  ]);
  expect(splitLanguages("tax (财税字〔1994〕20号 二(四)).")[1]?.text).toBe("财税字〔1994〕20号 二(四)");
  expect(splitLanguages("none")).toEqual([{ text: "none", chinese: false }]);
});
