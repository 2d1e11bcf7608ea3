import { DomainError, databaseFault } from "~server/errors.server";

/** The rules in force are these already. */
export function packSame(): DomainError {
  return new DomainError("pack_same", 409, "这份方案与现行版本完全相同，不需要再提交。");
}

export function packVersionUsed(version: string): DomainError {
  return new DomainError(
    "pack_version_used",
    409,
    `版本号 ${version} 已经用于另一份内容。请在文件中改用新的版本号，再重新上传。`,
  );
}

/** One at a time: what two people compare must be what takes effect. */
export function packWaiting(): DomainError {
  return new DomainError(
    "pack_waiting",
    409,
    "这一方案已有一个版本等待处理。请先在版本列表中同意、不同意或者撤回它，再上传新的版本。",
  );
}

export function packParent(): DomainError {
  return new DomainError("pack_parent", 400, "请选择本平台已有的上级方案。");
}

export function packChanged(): DomainError {
  return new DomainError("pack_changed", 409, "页面显示的内容与待生效的版本不一致，请刷新后重新核对。");
}

export function packNotRequested(): DomainError {
  return new DomainError("pack_not_requested", 409, "这个版本还没有人提请生效，请先由一位管理员提请。");
}

export function packRequested(): DomainError {
  return new DomainError("pack_requested", 409, "这个版本已经有人提请生效，请由另一位管理员核对后同意。");
}

export function packSettled(): DomainError {
  return new DomainError("pack_settled", 409, "这个版本已经处理过了，请刷新本页查看结果。");
}

/** Turns the database's refusals into sentences; anything else is thrown on as it came. */
export async function sayPackRefusals<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { constraint } = databaseFault(error);
    if (constraint === "pack_proposals_open_uq") throw packWaiting();
    if (constraint === "pack_proposals_history") throw packSettled();
    throw error;
  }
}
