import type { ActionFunctionArgs, AppLoadContext, LoaderFunctionArgs } from "@remix-run/node";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";

export type Answer = {
  readonly status: number;
  readonly location: string | null;
  readonly cookie: string | null;
  /** What the page would get: the loader's or action's data, or the text of a thrown refusal. */
  readonly body: unknown;
  /** Everything of the body as one text, to search for what must not be in it. */
  readonly text: string;
  /** One field of the body. */
  readonly field: (name: string) => unknown;
};

type Handler = (args: LoaderFunctionArgs & ActionFunctionArgs) => unknown;

/** Calls a loader or action as the guard would: with the person in the context; thrown responses are answers. */
export async function call(
  handler: Handler,
  input: {
    portal: Portal;
    actor: StaffActor | null;
    url: string;
    params?: Record<string, string>;
    form?: Record<string, string | string[]>;
    json?: unknown;
    cookie?: string;
  },
): Promise<Answer> {
  const headers = new Headers(input.cookie === undefined ? {} : { Cookie: input.cookie });
  const request = new Request(new URL(input.url, input.portal.env.publicOrigin), {
    ...(input.form === undefined ? {} : { method: "POST", body: toForm(input.form) }),
    ...(input.json === undefined ? {} : { method: "POST", body: JSON.stringify(input.json) }),
    headers,
  });
  const context: AppLoadContext = { portal: input.portal, nonce: "", actor: input.actor };
  try {
    return await answer(await handler({ request, params: input.params ?? {}, context }));
  } catch (thrown) {
    if (thrown instanceof Response) return answer(thrown);
    throw thrown;
  }
}

function toForm(fields: Record<string, string | string[]>): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) form.append(name, one);
  }
  return form;
}

async function answer(given: unknown): Promise<Answer> {
  if (given instanceof Response) {
    const said = await given.text();
    const json = (given.headers.get("Content-Type") ?? "").includes("json");
    return told(given.status, given.headers, json ? (JSON.parse(said) as unknown) : said);
  }
  const wrapped = given as { type?: unknown; data?: unknown; init?: ResponseInit | null } | null;
  if (wrapped?.type === "DataWithResponseInit") {
    return told(wrapped.init?.status ?? 200, new Headers(wrapped.init?.headers), wrapped.data);
  }
  return told(200, new Headers(), given);
}

function told(status: number, headers: Headers, body: unknown): Answer {
  const text = JSON.stringify(body, (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  return {
    status,
    location: headers.get("Location"),
    cookie: headers.get("Set-Cookie"),
    body,
    text: text ?? "",
    field: (name) => (body as Record<string, unknown>)[name],
  };
}
