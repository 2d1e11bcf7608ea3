import type { Database, Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { DomainError, databaseFault } from "~server/errors.server";
import type { ActingFor } from "./actor";

/** One sentence for every reason a passkey does not sign in, so that nothing about a person can be probed. */
export function signInRefused(): DomainError {
  return new DomainError("sign_in_refused", 403, "没有登录成功。请再试一次；如果仍然不行，请联系管理员。");
}

export function challengeSpent(): DomainError {
  return new DomainError("challenge_spent", 400, "这次操作已经过期或者做过了，请重新开始。");
}

export function passkeyNeeded(): DomainError {
  return new DomainError(
    "passkey_needed",
    403,
    "演示身份只能查看和研判。请先登记通行密钥，用它登录后再做这一步。",
  );
}

export function personUnknown(): DomainError {
  return new DomainError("person_unknown", 404, "没有找到这位工作人员，请回到人员页重新选择。");
}

/**
 * Runs `work` in one transaction and keeps what it wrote even when it refuses (a spent challenge, the event of a
 * refused sign-in): a returned `DomainError` is thrown after the commit, a thrown one undoes everything.
 */
export async function keepRefusal<T>(
  db: Database,
  actor: ActingFor,
  work: (tx: Tx) => Promise<T | DomainError>,
): Promise<T> {
  const outcome = await withActor(db, actor, work);
  if (outcome instanceof DomainError) throw outcome;
  return outcome;
}

/** Turns the database's refusals of a role grant into sentences; anything else is thrown on as it came. */
export async function sayRoleRefusals<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { constraint } = databaseFault(error);
    if (constraint === "staff_roles_administrator_apart") throw administratorApart();
    if (constraint === "staff_roles_live_uq") throw roleHeld();
    if (constraint === "role_requests_open_uq")
      throw new DomainError(
        "role_requested",
        409,
        "这一职务已经有人申请，请由另一位管理员在“待确认的职务”中处理。",
      );
    if (constraint === "staff_roles_two_administrators") throw twoAdministrators();
    if (constraint === "staff_roles_own_grant_ck") throw ownRoles();
    throw error;
  }
}

export function administratorApart(): DomainError {
  return new DomainError(
    "administrator_apart",
    409,
    "管理员不能兼任财务、出纳、窗口或身份保管职务；请先收回其中一方，或者换一个人。",
  );
}

export function roleHeld(): DomainError {
  return new DomainError("role_held", 409, "这位工作人员已经有这一职务了。");
}

export function twoAdministrators(): DomainError {
  return new DomainError(
    "two_administrators",
    409,
    "财务、出纳、窗口和身份保管职务须由一位管理员申请、另一位管理员确认，请先提出申请。",
  );
}

export function ownRoles(): DomainError {
  return new DomainError("own_roles", 409, "不能更改自己的职务或状态，请由另一位管理员来做。");
}

/** Whoever asked does not confirm. */
export function ownRequest(): DomainError {
  return new DomainError("own_request", 409, "这是您自己提出的申请，请由另一位管理员确认。");
}

export function requesterLeft(): DomainError {
  return new DomainError(
    "requester_left",
    409,
    "申请人已经不是管理员，请拒绝这项申请，由现任管理员重新提出。",
  );
}

export function requestSettled(): DomainError {
  return new DomainError("request_settled", 409, "这项申请已经处理过了，请刷新本页查看结果。");
}
