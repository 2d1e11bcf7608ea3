import { connect, createServer, type Socket } from "node:net";

/** Whether the line is cut before COMMIT reaches the server, or after it was carried out and before its reply is heard. */
export type Cut = "before" | "after";

const COMMIT = Buffer.from("commit\0");

/**
 * A listener on 127.0.0.1 between `pg` and PostgreSQL that lets everything through but, once armed, the `nth` COMMIT
 * that any connection sends.
 */
export async function startCuttingProxy(target: { readonly host: string; readonly port: number }) {
  let plan: { nth: number; how: Cut } | null = null;
  let cuts = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => undefined);
    }
    const end = () => {
      client.destroy();
      upstream.destroy();
      open.delete(client);
      open.delete(upstream);
    };
    client.on("close", end);
    upstream.on("close", end);
    let deaf = false;
    client.on("data", (bytes) => {
      if (plan !== null && bytes.includes(COMMIT)) {
        plan.nth -= 1;
        if (plan.nth === 0) {
          const { how } = plan;
          plan = null;
          cuts += 1;
          if (how === "before") return end();
          deaf = true;
        }
      }
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      // The reply to COMMIT is there, so it was carried out: nobody hears of it.
      if (deaf) end();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    /** The `nth` COMMIT from now (from 1) is cut. */
    cutAt(nth: number, how: Cut) {
      plan = { nth, how };
    },
    /** How many were cut in all; a plan not reached is dropped. */
    cuts(): number {
      plan = null;
      return cuts;
    },
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
