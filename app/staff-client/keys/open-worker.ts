import { makeDesk } from "./opening-desk";
import type { DeskReply, DeskRequest } from "./desk-messages";

// The worker's own scope; the page's type library does not know it.
const scope = globalThis as unknown as {
  postMessage(reply: DeskReply): void;
  onmessage: ((event: MessageEvent<DeskRequest>) => void) | null;
};

const answer = makeDesk((reply) => scope.postMessage(reply));
scope.onmessage = ({ data }) => void answer(data);
scope.postMessage({ tell: "ready" });
