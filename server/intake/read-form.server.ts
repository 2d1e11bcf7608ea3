import { DomainError } from "~server/errors.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";
import { readBody } from "./read-body.server";

/** The posted form. Throws the 413 answer `too_large` above 512 KiB and the 400 answer `bad_form` when it is none. */
export async function readForm(request: Request): Promise<FormData> {
  const body = await readBody(request);
  const type = request.headers.get("Content-Type") ?? "application/x-www-form-urlencoded";
  try {
    return await new Response(body, { headers: { "Content-Type": type } }).formData();
  } catch {
    throw refusalResponse(new DomainError("bad_form", 400, "没能读出提交的内容，请返回上一页再试一次。"));
  }
}
