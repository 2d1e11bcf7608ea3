import type { ActionFunctionArgs, ServerBuild } from "@remix-run/node";
import { paths } from "~/paths";
import { readBody } from "./read-body.server";

/**
 * The build with the action of every public form behind its sender's turn (`context.turn`). A form is read whole
 * before it waits, so that a slow one takes nobody's turn; the turn lasts until the action is over, whether or not its
 * sender stayed for the answer. Posts with files are passed by: their files take long, and have shares of their own
 * (`beginReceiving`); what such a post does besides goes through `turnsOf`. Staff routes stay as they are.
 */
export function queueForms(build: ServerBuild): ServerBuild {
  const routes: ServerBuild["routes"] = {};
  for (const [key, route] of Object.entries(build.routes)) {
    const { action } = route.module;
    if (action === undefined || !route.id.startsWith("routes/_public")) {
      routes[key] = route;
      continue;
    }
    const queued = async (args: ActionFunctionArgs) => {
      const { turn } = args.context;
      if (turn === undefined || bringsFiles(args.request)) return action(args);
      const body = await readBody(args.request);
      const leave = await turn(args.request.signal);
      try {
        // Its turn has come: what asks for another inside would wait for itself. The context is this request's own.
        delete args.context.turn;
        return await action({ ...args, request: withBody(args.request, body) });
      } finally {
        leave();
      }
    };
    routes[key] = { ...route, module: { ...route.module, action: queued } };
  }
  return { ...build, routes };
}

/**
 * Does what a post with files asks for besides receiving their bytes, in its sender's turn: such a post need not bring
 * a file, and must not be a way around the queue.
 */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** For this request. Where its form waited for its turn already, and in tests, work is done at once. */
export function turnsOf({ context, request }: Pick<ActionFunctionArgs, "context" | "request">): InTurn {
  const { turn } = context;
  if (turn === undefined) return (work) => work();
  return async (work) => {
    const leave = await turn(request.signal);
    try {
      return await work();
    } finally {
      leave();
    }
  };
}

function bringsFiles(request: Request): boolean {
  const taken: readonly string[] = [paths.reportStep("evidence"), paths.status()];
  return (
    /^multipart\/form-data\b/i.test(request.headers.get("Content-Type") ?? "") &&
    taken.includes(new URL(request.url).pathname)
  );
}

function withBody({ url, method, headers, signal }: Request, body: Buffer<ArrayBuffer>): Request {
  return new Request(url, { method, headers, signal, body });
}
