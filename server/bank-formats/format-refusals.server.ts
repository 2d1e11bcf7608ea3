import { DomainError, databaseFault } from "~server/errors.server";

export function formatSame(): DomainError {
  return new DomainError("format_same", 409, "内容与现行格式完全相同，不需要再提交。");
}

export function formatWaiting(): DomainError {
  return new DomainError(
    "format_waiting",
    409,
    "已有一份格式等待处理。请先同意、不同意或者撤回它，再提交新的格式。",
  );
}

export function formatChanged(): DomainError {
  return new DomainError("format_changed", 409, "页面显示的内容与待生效的格式不一致，请刷新后重新核对。");
}

export function formatNotRequested(): DomainError {
  return new DomainError("format_not_requested", 409, "这份格式还没有人提请生效，请先由一位管理员提请。");
}

export function formatRequested(): DomainError {
  return new DomainError("format_requested", 409, "这份格式已经有人提请生效，请由另一位管理员核对后同意。");
}

export function formatSettled(): DomainError {
  return new DomainError("format_settled", 409, "这份格式已经处理过了，请刷新本页查看结果。");
}

/** Turns the database's refusals into sentences; anything else is thrown on as it came. */
export async function sayFormatRefusals<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { constraint } = databaseFault(error);
    if (constraint === "format_proposals_open_uq" || constraint === "format_proposals_version_uq") {
      throw formatWaiting();
    }
    if (constraint === "format_proposals_history") throw formatSettled();
    throw error;
  }
}
