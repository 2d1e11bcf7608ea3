import { DomainError, databaseFault, notFound } from "~server/errors.server";

export function recoveryKeyMissing(): DomainError {
  return new DomainError(
    "recovery_key_missing",
    409,
    "平台的恢复密钥还没有登记。请联系管理员先在“密钥仪式”页登记并确认，再生成岗位密钥。",
  );
}

export function recoveryKeyExists(): DomainError {
  return new DomainError(
    "recovery_key_exists",
    409,
    "恢复密钥已经登记过了，没有改动。请刷新本页，核对上面显示的指纹。",
  );
}

export function recoveryKeyWaiting(): DomainError {
  return new DomainError(
    "recovery_key_waiting",
    409,
    "已有一把恢复密钥在等候确认，没有改动。请刷新本页，由另一位管理员核对后确认或者退回。",
  );
}

export function slotHasKey(): DomainError {
  return new DomainError(
    "slot_has_key",
    409,
    "这个岗位的密钥已经由同事生成了。请刷新本页，再请持有密钥的同事移交给您。",
  );
}

export function personalKeyMissing(): DomainError {
  return new DomainError("personal_key_missing", 409, "您还没有个人密钥。请先建立个人密钥，再做这一步。");
}

export function badGrants(): DomainError {
  return new DomainError("bad_grants", 400, "密钥的封装不完整，没有保存。请刷新本页再试一次。");
}

export function badKey(): DomainError {
  return new DomainError("bad_key", 400, "这不是一把可用的公钥，没有保存。请核对后再试一次。");
}

/** Somebody changed the key in the meantime, or it is not the live one. */
export function keyChanged(): DomainError {
  return new DomainError("key_changed", 409, "这把岗位密钥刚刚被更换过。请刷新本页，按新的密钥再做一次。");
}

export function keyNotHeld(): DomainError {
  return new DomainError(
    "key_not_held",
    409,
    "您目前没有持有这把岗位密钥，不能移交或更换。请先请持有密钥的同事移交给您。",
  );
}

export function granteeNotMember(): DomainError {
  return new DomainError(
    "grantee_not_member",
    409,
    "对方现在不在这个岗位上，密钥没有移交。请向管理员核对对方的职务。",
  );
}

export function granteeKeyChanged(): DomainError {
  return new DomainError(
    "grantee_key_changed",
    409,
    "对方的个人密钥刚刚更换过，密钥没有移交。请刷新本页，重新核对指纹后再移交。",
  );
}

export function alreadyGranted(): DomainError {
  return new DomainError("already_granted", 409, "对方已经持有这把岗位密钥，不需要再移交。");
}

export function recoveredForAnother(): DomainError {
  return new DomainError(
    "recovered_for_another",
    409,
    "这份恢复结果不是封给您现在的个人密钥的，没有保存。请在本页重新下载恢复请求，再请份额持有人办理一次。",
  );
}

export function membersChanged(): DomainError {
  return new DomainError(
    "members_changed",
    409,
    "岗位成员或他们的个人密钥刚刚有变动，密钥没有更换。请刷新本页，核对成员后再做一次。",
  );
}

export function rewrapExpired(): DomainError {
  return new DomainError(
    "rewrap_expired",
    403,
    "重新加封的授权已经过期，已加封的部分都已保存。请点击“继续重新加封”，用通行密钥再确认一次。",
  );
}

/** Turns the database's refusals of a key or a grant into sentences; anything else is thrown on as it came. */
export async function sayKeyRefusals<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, constraint } = databaseFault(error);
    if (constraint === "key_grants_vault_sides")
      throw new DomainError(
        "other_vault_side",
        409,
        "持有过身份保管库一侧密钥的人不能再持有另一侧。请换一位保管员。",
      );
    if (constraint === "role_keys_live_uq" || constraint === "role_keys_epoch_uq") throw slotHasKey();
    if (constraint === "key_grants_person_uq") throw alreadyGranted();
    // A made-up id that is taken: as if it had never been sent.
    if (code === "23505" && constraint === "role_keys_pkey") throw notFound();
    throw error;
  }
}
