import { data, redirect } from "@remix-run/node";
import type { ActionFunctionArgs, AppLoadContext, LoaderFunctionArgs, ServerBuild } from "@remix-run/node";
import { DomainError, notFound } from "~server/errors.server";
import type { StaffActor } from "./actor";
import { decideAccess } from "./decide-access";
import { signInPath } from "./next-page";
import { makeRefusalRecorder, type RecordRefusals } from "./record-refusals.server";
import { collectRefusals, type RefusalNote } from "./refusal-notes.server";
import { refusalResponse } from "./refusal-response.server";
import { passkeyNeeded } from "./refusals.server";

/** Tells who a request comes from; asked once for each loader and action, so the answer is never a stale one. */
export type ResolveActor = (request: Request, context: AppLoadContext) => Promise<StaffActor | null>;

/** Gives the session a new token where one is due: the `Set-Cookie` value that carries it, or null. */
export type RenewSession = (
  request: Request,
  context: AppLoadContext,
  actor: StaffActor,
) => Promise<string | null>;

type Args = LoaderFunctionArgs | ActionFunctionArgs;
type Route = ServerBuild["routes"][string];

/**
 * The build with every staff route's loader and action behind the access table. A route module never decides who
 * may call it, so none can forget to. Loaders and actions receive `context.actor`, the signed-in person or null.
 *
 * Throws at start-up, naming the route: a staff route without a loader would render unguarded, and a route that
 * serves a /staff address under another name would not be guarded at all. Undeclared routes answer 404.
 *
 * What a signed-in person is refused, by the table or by the page, is written to the trail. After an action in which
 * they proved themselves anew, `renewSession` gives their session a new token.
 */
export function guardRoutes(
  build: ServerBuild,
  resolveActor: ResolveActor,
  renewSession: RenewSession = () => Promise.resolve(null),
  recordRefusals: RecordRefusals = makeRefusalRecorder(),
): ServerBuild {
  const routes: ServerBuild["routes"] = {};
  for (const [key, route] of Object.entries(build.routes)) {
    if (isStaffRoute(route)) routes[key] = guardRoute(route, { resolveActor, renewSession, recordRefusals });
    else if (pathOf(route, build).includes("staff"))
      throw new Error(`route "${route.id}" serves a /staff address but is not named routes/staff…`);
    else routes[key] = route;
  }
  return { ...build, routes };
}

type Guards = {
  readonly resolveActor: ResolveActor;
  readonly renewSession: RenewSession;
  readonly recordRefusals: RecordRefusals;
};

function guardRoute(route: Route, { resolveActor, renewSession, recordRefusals }: Guards): Route {
  const { loader, action } = route.module;
  if (loader === undefined)
    throw new Error(`staff route "${route.id}" has no loader, so it would be shown to anyone`);
  const guarded =
    <T extends Args, A>(kind: "read" | "write", handler: (args: T) => A) =>
    async (args: T): Promise<Awaited<A>> => {
      const refusals: RefusalNote[] = [];
      const who: { actor: StaffActor | null } = { actor: null };
      let answer: unknown;
      try {
        const given = await collectRefusals(refusals, async () => {
          if (kind === "write") refuseForeignOrigin(args.request);
          who.actor = await resolveActor(args.request, args.context);
          return handler(admit(route.id, kind, args, who.actor));
        });
        answer = given;
        return given;
      } catch (thrown) {
        answer = thrown;
        throw thrown;
      } finally {
        const all = refusals.length > 0 ? refusals : await unnoted(answer);
        if (who.actor !== null && all.length > 0)
          await recordRefusals(args.context, { routeId: route.id, kind, refusals: all }, who.actor);
      }
    };
  return {
    ...route,
    module: {
      ...route.module,
      loader: guarded("read", loader),
      action:
        action === undefined
          ? undefined
          : guarded("write", (args: ActionFunctionArgs) =>
              withRenewal(args, () => action(args), renewSession),
            ),
    },
  };
}

/** A refusal that did not come by the usual ways: an answer of a JSON endpoint, or a page's own. A 400 is a form's. */
async function unnoted(answer: unknown): Promise<RefusalNote[]> {
  if (!(answer instanceof Response) || ![403, 404, 409, 410, 422].includes(answer.status)) return [];
  const { status } = answer;
  const said: unknown = answer.headers.get("Content-Type")?.includes("json")
    ? await answer.clone().json()
    : null;
  const code = (said as { error?: unknown } | null)?.error;
  return [{ code: typeof code === "string" ? code : `status_${status}`, status }];
}

type Answer = Awaited<ReturnType<NonNullable<Route["module"]["action"]>>>;

/** Runs an action and, where its session is due for a new token, sends that with whatever was answered or thrown. */
async function withRenewal(
  args: Args,
  run: () => Promise<Answer> | Answer,
  renewSession: RenewSession,
): Promise<Answer> {
  const renew = async (answer: Answer): Promise<Answer> => {
    const actor = args.context.actor ?? null;
    if (actor?.session?.rotationDue !== true) return answer;
    const cookie = await renewSession(args.request, args.context, actor);
    return cookie === null ? answer : withCookie(answer, cookie);
  };
  let answer: Answer;
  try {
    answer = await run();
  } catch (thrown) {
    if (!(thrown instanceof Response)) throw thrown;
    throw (await renew(thrown)) as Response;
  }
  return renew(answer);
}

type WithInit = { readonly type: string; readonly data: unknown; readonly init: ResponseInit | null };

function withCookie(answer: Answer, cookie: string): Answer {
  if (answer instanceof Response) {
    const { status, statusText } = answer;
    return new Response(answer.body, { status, statusText, headers: adding(answer.headers, cookie) });
  }
  const given = answer as WithInit | null | undefined;
  if (given?.type === "DataWithResponseInit")
    return data(given.data, { ...given.init, headers: adding(given.init?.headers, cookie) });
  return data(answer ?? null, { headers: adding(undefined, cookie) });
}

function adding(headers: HeadersInit | undefined, cookie: string): Headers {
  const all = new Headers(headers);
  all.append("Set-Cookie", cookie);
  return all;
}

/** The arguments with the actor put in, or a thrown response. */
function admit<T extends Args>(
  routeId: string,
  kind: "read" | "write",
  args: T,
  actor: StaffActor | null,
): T {
  const access = decideAccess(routeId, kind, actor);
  switch (access) {
    case "allow":
      // A copy: what one request learns about its sender must not reach another through a shared object.
      return { ...args, context: { ...args.context, actor } };
    case "missing":
      throw refusalResponse(notFound());
    case "passkey":
      throw refusalResponse(passkeyNeeded());
    case "sign-in": {
      if (kind === "write")
        throw refusalResponse(new DomainError("signed_out", 401, "登录已过期，请重新登录后再做这一步。"));
      const { pathname, search } = new URL(args.request.url);
      throw redirect(signInPath(pathname + search), { headers: { "Cache-Control": "no-store" } });
    }
  }
}

/**
 * Remix compares Origin with Host for page actions only; a JSON endpoint's action is on its own. SameSite=Strict
 * already keeps the cookie from other sites; this keeps sibling hosts out as well.
 */
function refuseForeignOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  const own = new URL(request.url).host;
  const foreign =
    origin === null
      ? site !== null && site !== "same-origin" && site !== "none"
      : !URL.canParse(origin) || new URL(origin).host !== own;
  if (foreign)
    throw refusalResponse(new DomainError("foreign_origin", 403, "这个请求不是从工作台发出的，没有执行。"));
}

function isStaffRoute(route: Route): boolean {
  return route.id.startsWith("routes/staff");
}

/** The segments of a route's whole address, optional ones without their mark. */
function pathOf(route: Route, build: ServerBuild): string[] {
  const parent = route.parentId === undefined ? undefined : build.routes[route.parentId];
  const own = (route.path ?? "").split("/").map((segment) => segment.replace(/\?$/, "").toLowerCase());
  return [...(parent === undefined ? [] : pathOf(parent, build)), ...own];
}
