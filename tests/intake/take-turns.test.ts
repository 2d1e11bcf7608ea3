import type { ActionFunctionArgs, ServerBuild } from "@remix-run/node";
import { describe, expect, it } from "vitest";
import { queueForms, turnsOf } from "~server/intake/queue-forms.server";
import { takeTurns } from "~server/intake/take-turns.server";

const LOUD = "203.0.113.77";
const QUIET = "198.51.100.4";
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Forms that have come to their turn, in this order, and how to end each. */
function desk(most: { each: number; all: number }) {
  const take = takeTurns(most);
  const begun: { name: string; leave: () => void }[] = [];
  return {
    take,
    begun,
    names: () => begun.map(({ name }) => name),
    come: (name: string, address: string | null, signal?: AbortSignal) =>
      take(address, signal).then((leave) => void begun.push({ name, leave })),
  };
}

describe("forms of one sender", () => {
  it("are worked on a few at a time, in their order, all of them, and delay nobody else", async () => {
    const { come, names, begun } = desk({ each: 2, all: 10 });
    for (let n = 0; n < 5; n += 1) void come(`loud ${n}`, LOUD);
    void come("quiet", QUIET);
    await settle();
    expect(names()).toEqual(["loud 0", "loud 1", "quiet"]);
    begun[0]?.leave();
    // Ended twice counts once.
    begun[0]?.leave();
    await settle();
    expect(names().slice(3)).toEqual(["loud 2"]);
    for (let at = 1; at < begun.length; at += 1) {
      begun[at]?.leave();
      await settle();
    }
    expect(names().slice(3)).toEqual(["loud 2", "loud 3", "loud 4"]);
  });

  it("take turns with every other sender where all places are taken", async () => {
    const { come, names, begun } = desk({ each: 4, all: 1 });
    for (let n = 0; n < 3; n += 1) void come(`loud ${n}`, LOUD);
    void come("quiet", QUIET);
    void come("unknown a", null);
    void come("unknown b", null);
    for (let at = 0; at < 6; at += 1) {
      await settle();
      begun[at]?.leave();
    }
    expect(names()).toEqual(["loud 0", "loud 1", "quiet", "unknown a", "unknown b", "loud 2"]);
  });

  it("that are waited for no longer are passed over", async () => {
    const { come, names, begun } = desk({ each: 1, all: 10 });
    const gone = new AbortController();
    void come("first", LOUD);
    const second = come("second", LOUD, gone.signal);
    void come("third", LOUD);
    gone.abort();
    await expect(second).rejects.toThrow("gone while waiting");
    begun[0]?.leave();
    await settle();
    expect(names()).toEqual(["first", "third"]);
    await expect(come("late", QUIET, gone.signal)).rejects.toThrow("gone while waiting");
    void come("quiet", QUIET);
    await settle();
    expect(names()).toEqual(["first", "third", "quiet"]);
  });
});

describe("the public forms' routes", () => {
  const seen: string[] = [];
  let end: (() => void)[] = [];
  const action = async ({ request }: ActionFunctionArgs) => {
    seen.push(`${request.method} ${request.headers.get("Cookie") ?? ""} ${await request.text()}`);
    await new Promise<void>((resolve) => end.push(resolve));
    if (seen.length === 2) throw new Error("failed");
    return null;
  };
  const route = (id: string) => ({ [id]: { id, path: "x", module: { default: () => null, action } } });
  const build = {
    routes: { ...route("routes/_public.report.$step"), ...route("routes/staff.leads") },
  } as unknown as ServerBuild;
  const queued = queueForms(build);

  const post = (id: string, turn: () => Promise<() => void>, body: BodyInit, headers = {}) =>
    queued.routes[id]?.module.action?.({
      request: new Request("http://localhost/report/evidence", {
        ...{ method: "POST", body, headers: { Cookie: "a=b", ...headers } },
        ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
      }),
      params: {},
      context: { portal: {} as never, nonce: "", turn },
    }) as Promise<unknown>;

  it("read a form whole before it takes a turn, and give the turn back when the work fails", async () => {
    const take = takeTurns({ each: 1, all: 10 });
    const turn = () => take(LOUD);
    const id = "routes/_public.report.$step";
    const slow = new ReadableStream({ start: () => undefined });
    void post(id, turn, slow);
    const forms = ["n=1", "n=2", "n=3"].map((body) => post(id, turn, body).catch(() => "threw"));
    for (let at = 0; at < 3; at += 1) {
      await settle();
      await settle();
      expect(seen).toHaveLength(at + 1);
      end[at]?.();
    }
    expect(await Promise.all(forms)).toEqual([null, "threw", null]);
    expect(seen).toEqual(["POST a=b n=1", "POST a=b n=2", "POST a=b n=3"]);
    end = [];
  });

  it("of posts with files have their words in their sender's turn, and a queued form takes no second one", async () => {
    const take = takeTurns({ each: 1, all: 10 });
    const context = { portal: {} as never, nonce: "", turn: () => take(LOUD) };
    const request = new Request("http://localhost/status", { method: "POST" });
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const word = (name: string, from: typeof context) =>
      turnsOf({ context: from, request })(() => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    void word("first", context);
    void word("second", context);
    void word("of another", { ...context, turn: () => take(QUIET) });
    await settle();
    expect(begun).toEqual(["first", "of another"]);
    ends[0]?.();
    await settle();
    expect(begun).toEqual(["first", "of another", "second"]);
    const inside = queueForms({
      routes: {
        "routes/_public.status": {
          id: "routes/_public.status",
          module: { action: (args: ActionFunctionArgs) => turnsOf(args)(() => Promise.resolve("done")) },
        },
      },
    } as unknown as ServerBuild);
    const one = takeTurns({ each: 1, all: 1 });
    const answer = inside.routes["routes/_public.status"]?.module.action?.({
      request: new Request("http://localhost/status", { method: "POST", body: "a=b" }),
      params: {},
      context: { ...context, turn: () => one(LOUD) },
    }) as Promise<unknown>;
    expect(await answer).toBe("done");
  });

  it("leave posts with files to the shares of files, and staff to themselves", async () => {
    const turn = () => Promise.reject(new Error("no turn is taken"));
    expect(queued.routes["routes/staff.leads"]).toBe(build.routes["routes/staff.leads"]);
    const files = { "Content-Type": "multipart/form-data; boundary=edge" };
    const done = post("routes/_public.report.$step", turn, "--edge--", files);
    await settle();
    end[0]?.();
    expect(await done).toBeNull();
  });
});
