import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { MailSettings } from "~server/mail-settings";
import { createMailer, type Mailer } from "~server/notifications/create-mailer.server";
import { composeNotice } from "~server/notifications/compose-notice";
import { mailServer, textOfMail, type Manner } from "~tests/setup/mail-server";

const PATIENCE = { connectMs: 400, silenceMs: 400, wholeMs: 900 };
const CANARY = "canary.7f3a@reporter.example";
const MAIL = { to: CANARY, subject: "您有一条新消息", text: "正文" };

function mailerFor(mail: MailSettings): Mailer {
  return createMailer({ mail, demo: false }, { patience: PATIENCE });
}

describe("a mail over SMTP", () => {
  it("arrives once, as plain text from the configured sender, without a word on who wrote it", async () => {
    const server = await mailServer();
    const mailer = mailerFor(server.settings);
    expect(await mailer.send(MAIL)).toEqual({ state: "sent" });
    expect(server.received).toHaveLength(1);
    const [mail] = server.received;
    expect(mail?.to).toEqual([CANARY]);
    expect(mail?.raw).toMatch(/^From: portal@tips\.example\r$/m);
    expect(mail?.raw).toMatch(/^Content-Type: text\/plain; charset=utf-8\r$/m);
    expect(mail?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mail?.raw).not.toMatch(/X-Mailer|nodemailer|Received/i);
    expect(textOfMail(mail!)).toContain("正文");
    await mailer.close();
  });

  it("goes over the connection of the last one", async () => {
    const server = await mailServer();
    const mailer = mailerFor(server.settings);
    for (let at = 0; at < 5; at += 1) expect(await mailer.send(MAIL)).toEqual({ state: "sent" });
    expect([server.received.length, server.connections()]).toEqual([5, 1]);
    await mailer.close();
  });

  it("goes over a new connection where the server has ended the old one meanwhile", async () => {
    const server = await mailServer();
    const mailer = mailerFor(server.settings);
    await mailer.send(MAIL);
    server.next("cut-before");
    expect(await mailer.send(MAIL)).toMatchObject({ state: "later" });
    expect(await mailer.send(MAIL)).toEqual({ state: "sent" });
    expect(server.received).toHaveLength(2);
    await mailer.close();
  });

  it.each<[Manner, object]>([
    ["550", { state: "unsent", fault: "550" }],
    ["d554", { state: "unsent", fault: "554" }],
    ["450", { state: "later", fault: "450" }],
    ["421", { state: "later", fault: "421" }],
    ["d451", { state: "later", fault: "451" }],
    ["hang", { state: "later", fault: "timeout" }],
    ["cut-before", { state: "later", fault: "connection" }],
    ["cut-after", { state: "unknown", fault: "interrupted" }],
    ["hang-after", { state: "unknown", fault: "interrupted" }],
  ])("met with %s is judged by how far it came, and its reason names nobody", async (manner, outcome) => {
    const server = await mailServer();
    const mailer = mailerFor(server.settings);
    server.next(manner);
    const got = await mailer.send(MAIL);
    expect(got).toEqual(outcome);
    expect(inspect(got, { showHidden: true, depth: 9 })).not.toContain("canary");
    // Another mail is not held up by it.
    expect(await mailer.send(MAIL)).toEqual({ state: "sent" });
    expect(server.received).toHaveLength(1);
    await mailer.close();
  });

  it("waits where nobody answers, where the login is refused, and where encryption is asked for and not offered", async () => {
    const server = await mailServer({ login: { user: "portal", password: "right" } });
    const wrong = { ...server.settings, login: { user: "portal", password: "wrong" } };
    expect(await mailerFor(wrong).send(MAIL)).toEqual({ state: "later", fault: "login" });
    expect(await mailerFor(server.settings).send(MAIL)).toEqual({ state: "sent" });
    expect(await mailerFor({ ...server.settings, security: "starttls" }).send(MAIL)).toMatchObject({
      state: "later",
    });
    expect(await mailerFor({ ...server.settings, security: "tls" }).send(MAIL)).toMatchObject({
      state: "later",
    });
    await server.stop();
    expect(await mailerFor(server.settings).send(MAIL)).toEqual({ state: "later", fault: "connection" });
    expect(server.received).toHaveLength(1);
  });

  it("does not leave for what is no address", async () => {
    const server = await mailServer();
    const mailer = mailerFor(server.settings);
    expect(await mailer.send({ ...MAIL, to: "" })).toEqual({ state: "unsent", fault: "address" });
    const two = await mailer.send({ ...MAIL, to: "a@x.example>\r\nRCPT TO:<b@x.example" });
    expect(two.state).not.toBe("sent");
    expect(server.received).toEqual([]);
    await mailer.close();
  });
});

describe("the mailer", () => {
  it("keeps a demonstration's mails in a mailbox of bounded size, and sends none of them", async () => {
    const mailer = createMailer({ mail: null, demo: true });
    expect(mailer.kind).toBe("mailbox");
    for (let at = 1; at <= 205; at += 1) await mailer.send({ ...MAIL, text: String(at) });
    expect(mailer.list()).toHaveLength(200);
    expect(mailer.list()[0]).toMatchObject({ number: 205, text: "205", to: CANARY });
  });

  it("lets mails wait where there is no mail server and no demonstration", async () => {
    const mailer = createMailer({ mail: null, demo: false });
    expect(mailer.kind).toBe("none");
    expect(await mailer.send(MAIL)).toEqual({ state: "later", fault: "not_set" });
    expect(mailer.list()).toEqual([]);
  });

  it("gives four turns at once, the next in the order they came, and none after the time is up", async () => {
    const mailer = createMailer({ mail: null, demo: true });
    const first = await Promise.all([1, 2, 3, 4].map(() => mailer.takeTurn(0)));
    expect(first.every((turn) => turn !== null)).toBe(true);
    expect(await mailer.takeTurn(5)).toBeNull();
    const fifth = mailer.takeTurn(60_000);
    first[0]?.();
    expect(await fifth).not.toBeNull();
    expect(await mailer.takeTurn(5)).toBeNull();
  });

  it("waits at its end for the mail under way and what is noted of it, and lets no other out", async () => {
    const server = await mailServer();
    const mailer = mailerFor(server.settings);
    server.next("slow");
    const steps: string[] = [];
    const held = mailer.hold(async () => {
      steps.push((await mailer.send(MAIL)).state);
      await new Promise((resume) => setTimeout(resume, 20));
      steps.push("noted");
    });
    await mailer.close();
    expect(steps).toEqual(["sent", "noted"]);
    expect(await mailer.send(MAIL)).toEqual({ state: "later", fault: "stopping" });
    await held;
  });
});

describe("the mail to a reporter", () => {
  it.each(["zh-CN", "en"])("in %s is the same for everybody and asks for nothing by mail", (language) => {
    const of = (to: string) => composeNotice({ to, language, publicOrigin: "https://tips.example" });
    const { to, ...mail } = of(CANARY);
    expect(to).toBe(CANARY);
    expect(of("other@x.example")).toEqual({ ...mail, to: "other@x.example" });
    expect(mail.text).toContain("https://tips.example/status\n");
    expect(mail.text.match(/https?:\/\/\S+/g)).toEqual(["https://tips.example/status"]);
    expect(`${mail.subject}${mail.text}`).not.toMatch(/举报|{{/);
    expect(mail.text).toMatch(language === "en" ? /never ask for your receipt/ : /不会通过邮件/);
  });
});
