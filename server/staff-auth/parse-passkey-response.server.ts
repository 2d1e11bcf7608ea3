import { z } from "zod";
import { DomainError } from "~server/errors.server";

const base64url = z
  .string()
  .min(1)
  .max(65_536)
  .regex(/^[A-Za-z0-9_-]+={0,2}$/);

const credential = {
  id: base64url.max(2048),
  rawId: base64url.max(2048),
  type: z.literal("public-key"),
  authenticatorAttachment: z.enum(["cross-platform", "platform"]).optional(),
};

/**
 * The only extension outputs a browser may send. The list is closed: a PRF, hmac-secret or large-blob output is
 * key material that must never leave the browser, and a server that once saw it can no longer promise anything.
 */
const extensionOutputs = z.strictObject({
  credProps: z.strictObject({ rk: z.boolean().optional() }).optional(),
  prf: z.strictObject({ enabled: z.boolean().optional() }).optional(),
});

const registration = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
});

const assertion = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.max(128).optional(),
  }),
});

export type RegistrationPayload = z.infer<typeof registration> & {
  clientExtensionResults: z.infer<typeof extensionOutputs>;
};
export type AssertionPayload = z.infer<typeof assertion> & {
  clientExtensionResults: z.infer<typeof extensionOutputs>;
};

/**
 * Reads what `navigator.credentials.create()` answered, as an object or as the JSON text a form posts.
 * Throws `passkey_malformed` (400), or `key_material_sent` (400) when secret outputs came along.
 */
export function parseRegistration(payload: unknown): RegistrationPayload {
  const { read, clientExtensionResults } = readOutputs(payload);
  const body = registration.safeParse(read);
  if (!body.success) throw malformed();
  return { ...body.data, clientExtensionResults };
}

/** The same for `navigator.credentials.get()`. */
export function parseAssertion(payload: unknown): AssertionPayload {
  const { read, clientExtensionResults } = readOutputs(payload);
  const body = assertion.safeParse(read);
  if (!body.success) throw malformed();
  return { ...body.data, clientExtensionResults };
}

function readOutputs(payload: unknown) {
  const read = typeof payload === "string" ? fromText(payload) : payload;
  const envelope = z.looseObject({ clientExtensionResults: z.unknown() }).safeParse(read);
  if (!envelope.success) throw malformed();
  const outputs = extensionOutputs.safeParse(envelope.data.clientExtensionResults ?? {});
  if (!outputs.success)
    throw new DomainError(
      "key_material_sent",
      400,
      "浏览器送来了不应离开本机的密钥内容，已拒绝，没有保存。请刷新页面后重试。",
    );
  return { read, clientExtensionResults: outputs.data };
}

function fromText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformed();
  }
}

function malformed(): DomainError {
  return new DomainError(
    "passkey_malformed",
    400,
    "没有读懂通行密钥的回应。请刷新页面，或者换一个浏览器再试。",
  );
}
