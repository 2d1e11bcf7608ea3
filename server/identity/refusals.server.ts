import { DomainError } from "~server/errors.server";

const REFUSALS = {
  two_tips: [400, "有两条举报的编号开头相同，请向来函部门索取完整的编号。"],
  no_identity: [409, "没有这个编号的举报，或者它是匿名的，没有身份可以打开。请与来函核对编号。"],
  no_share: [409, "您没有这条举报的身份密钥份额。请确认岗位密钥已经交给您；如果已经交给您，请报告管理员。"],
  other_side_keyless: [409, "另一方身份保管员还没有密钥，暂时不能申请。请联系管理员。"],
  other_side_changed: [409, "另一方的密钥刚刚更换，请重新申请。"],
  identity_waiting: [409, "这条举报已有一份申请在等候答复，请等答复或者逾期失效后再申请。"],
  own_side: [403, "这份申请由您这一方提出，须由另一方的身份保管员答复。"],
  request_answered: [409, "这份申请已经答复过了，不能再次办理。需要时请重新申请。"],
  request_expired: [409, "这份申请超过 24 小时没有答复，已经失效。需要时请重新申请。"],
  requester_left: [409, "提出申请的身份保管员已不再持有密钥份额，这份申请不能再办理。需要时请重新申请。"],
  own_key_changed: [409, "对方的份额封给了您这一方的另一把密钥，您打不开。请对方重新申请。"],
} as const satisfies Record<string, readonly [number, string]>;

/** An expected refusal of opening an identity, in its own sentence. */
export function identityRefusal(code: keyof typeof REFUSALS): DomainError {
  const [status, said] = REFUSALS[code];
  return new DomainError(code, status, said);
}
