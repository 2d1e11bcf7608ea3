import { DomainError, databaseFault } from "~server/errors.server";

export function exclusionSpares(title: string, clause: string): DomainError {
  return new DomainError(
    "exclusion_spares",
    409,
    `“${title}”（${clause}）不适用于这一类举报人，请改选其他理由，或者不予排除。`,
  );
}

export function schemeSame(): DomainError {
  return new DomainError("scheme_same", 409, "这一版本已经在本平台保存，内容完全相同，不需要再提交。");
}

export function schemeVersionUsed(version: string): DomainError {
  return new DomainError(
    "scheme_version_used",
    409,
    `版本号 ${version} 已经用于另一份内容。请在文件中改用新的版本号，再重新上传。`,
  );
}

export function schemeWaiting(): DomainError {
  return new DomainError(
    "scheme_waiting",
    409,
    "这一奖励办法已有一个版本等待处理。请先同意、不同意或者撤回它，再上传新的版本。",
  );
}

/** Periods of one line follow each other. */
export function schemeOrder(): DomainError {
  return new DomainError(
    "scheme_order",
    409,
    "施行日期早于或者重叠于同一办法已有的版本。请把施行日期改到已有版本开始（或者届满）之后，再重新上传。",
  );
}

export function schemeLine(): DomainError {
  return new DomainError("scheme_line", 409, "这一办法已归入另一条沿革，文件中的 line 须与已有版本一致。");
}

export function schemeChanged(): DomainError {
  return new DomainError("scheme_changed", 409, "页面显示的内容与待生效的版本不一致，请刷新后重新核对。");
}

export function schemeNotRequested(): DomainError {
  return new DomainError("scheme_not_requested", 409, "这个版本还没有人提请生效，请先由一位管理员提请。");
}

export function schemeRequested(): DomainError {
  return new DomainError("scheme_requested", 409, "这个版本已经有人提请生效，请由另一位管理员核对后同意。");
}

export function schemeSettled(): DomainError {
  return new DomainError("scheme_settled", 409, "这个版本已经处理过了，请刷新本页查看结果。");
}

/** Turns the database's refusals into sentences; anything else is thrown on as it came. */
export async function saySchemeRefusals<T>(version: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { constraint } = databaseFault(error);
    if (constraint === "scheme_proposals_open_uq") throw schemeWaiting();
    if (constraint === "scheme_proposals_history") throw schemeSettled();
    if (constraint === "schemes_order") throw schemeOrder();
    if (constraint === "schemes_line") throw schemeLine();
    if (constraint === "schemes_version_taken") throw schemeVersionUsed(version);
    throw error;
  }
}
