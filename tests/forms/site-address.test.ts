import fc from "fast-check";
import { expect, test } from "vitest";
import { onlineSchema } from "~/forms/report-subject";
import { likelierHost, readSite, siteHost, storeApp } from "~/forms/site-address";

test.each([
  ["example.com", "example.com"],
  ["https://www.example.com/a?b=1#c", "example.com"],
  ["HTTP://WWW.Example.COM.", "example.com"],
  ["example.com:8443/login", "example.com"],
  ["ｗｗｗ．ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"],
  ["www。example。com", "example.com"],
  ["hxxps://example[.]com/x", "example.com"],
  ["hxxp[:]//example(.)com", "example.com"],
  ["example [dot] com", "example.com"],
  ["example点com", "example.com"],
  ["http//example.com", "example.com"],
  ["网址是 https://example.com/x，点进去就行", "example.com"],
  ["他们的网站example.com。很多人上当", "example.com"],
  ["【鑫利】http://t.example.cn/AbC 复制打开", "t.example.cn"],
  ["“example.com”", "example.com"],
  ["http://1.2.3.4:8080/", "1.2.3.4"],
  ["1.2.3.4", "1.2.3.4"],
  ["鑫利.公司", "xn--kcr382n.xn--55qx5d"],
  ["http://鑫利.com/登录", "xn--kcr382n.com"],
  ["鑫利.com.cn", "xn--kcr382n.com.cn"],
])("%s names the host %s", (typed, host) => {
  expect(siteHost(typed)).toBe(host);
});

test.each([
  "",
  "鑫利财富",
  "3.5万元",
  "1.5",
  "name@example.com",
  "javascript:alert(1)",
  "ftp://",
  "....",
  "::",
  "约 12.5%",
])("%j is no address", (typed) => {
  expect(siteHost(typed)).toBeNull();
});

test("an address stays itself whatever port, path and words stand around it", () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9]{1,12}$/);
  fc.assert(
    fc.property(
      label,
      fc.constantFrom("com", "cn", "net", "example"),
      fc.constantFrom("", "https://", "hxxp://", "www."),
      fc.constantFrom("", ":8080", "/a/b?c=d", "/登录"),
      fc.constantFrom("", "网址是 ", "链接："),
      (name, ending, before, after, around) =>
        siteHost(`${around}${before}${name}.${ending}${after}`) === `${name}.${ending}`,
    ),
  );
});

test.each([
  ["https://apps.apple.com/cn/app/wechat/id414478124?mt=8", "apple:id414478124"],
  ["https://play.google.com/store/apps/details?id=com.Xinli.App", "android:com.xinli.app"],
  ["https://a.app.qq.com/o/simple.jsp?pkgname=com.xinli.app", "android:com.xinli.app"],
  ["https://appgallery.huawei.com/app/C10001", "huawei:c10001"],
  ["https://apps.apple.com/cn/", null],
  ["https://example.com/app/id414478124", null],
])("%s offers the app %s", (typed, app) => {
  const site = readSite(typed);
  expect(site === null ? null : storeApp(site)).toBe(app);
});

test("pasted lines keep their addresses and lose the words; a line without an address is told", () => {
  const read = (sites: string) => onlineSchema.safeParse({ sites, apps: "" });
  expect(read("看这个 https://a.example/x，还有 b.example\n\nC.example").data?.sites).toEqual([
    "https://a.example/x",
    "b.example",
    "C.example",
  ]);
  expect(read("a.example\n鑫利宝").error?.issues).toMatchObject([{ path: ["sites"], message: "siteWrong" }]);
  expect(
    read(Array.from({ length: 11 }, (_, at) => `s${String(at)}.example`).join("\n")).error?.issues,
  ).toMatchObject([{ message: "tooMany" }]);
});

test("an ending that looks mistyped has a likelier one", () => {
  expect([likelierHost("xinli.con"), likelierHost("xinli.com")]).toEqual(["xinli.com", null]);
});
