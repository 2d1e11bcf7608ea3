const KNOWN = [
  ...[
    "qq.com",
    "163.com",
    "126.com",
    "139.com",
    "189.cn",
    "sina.com",
    "sohu.com",
    "foxmail.com",
    "aliyun.com",
  ],
  ...[
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "icloud.com",
    "yahoo.com",
    "proton.me",
    "yeah.net",
    "sina.cn",
  ],
];
/** Domains that look like slips of a better known one but are somebody's. */
const OWN = ["mail.com", "qq.cn", "ymail.com", "gmx.com"];

/** The address with the domain its writer more likely meant (`a@gmial.com` → `a@gmail.com`), or null. */
export function likelierEmail(email: string): string | null {
  const [name = "", domain = ""] = email.toLowerCase().split("@");
  if (domain === "" || KNOWN.includes(domain) || OWN.includes(domain)) return null;
  const meant = KNOWN.find((known) => oneSlip(domain, known));
  return meant === undefined ? null : `${name}@${meant}`;
}

/** One letter missing, added or replaced, or two neighbours exchanged. */
function oneSlip(typed: string, meant: string): boolean {
  if (Math.abs(typed.length - meant.length) > 1 || typed === meant) return false;
  let at = 0;
  while (at < typed.length && typed[at] === meant[at]) at += 1;
  const [rest, wanted] = [typed.slice(at), meant.slice(at)];
  return (
    rest.slice(1) === wanted ||
    rest === wanted.slice(1) ||
    rest.slice(1) === wanted.slice(1) ||
    (rest[0] === wanted[1] && rest[1] === wanted[0] && rest.slice(2) === wanted.slice(2))
  );
}
