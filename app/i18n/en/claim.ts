import type { Catalogue } from "../zh-CN/catalogue";

export const claim: Catalogue["claim"] = {
  title: "How you receive it",
  lastDay: "Please accept by {{date}} (that day included). After it an unaccepted reward lapses.",
  lastDayExtended:
    "The time to accept was extended to {{date}} (that day included). After it an unaccepted reward lapses.",
  afterAccept: "Once you accept, choose a bank transfer, or collect it at a window with a claim code.",
  chooseNow: "Please choose how you want to receive it.",
  done: "Your choice has been recorded.",
  notNow: "The way of payment cannot be changed now. Please look again in some days, or write a message.",
  way: {
    transfer: "By bank transfer (chosen on {{date}})",
    window: "At a window (chosen on {{date}})",
  },
  code: "Claim code no. {{number}} is valid until {{date}}. A code is shown once; if you lost it, get a new one.",
  noCode: "There is no valid claim code now. Please get a new one.",
  whenToCome: {
    accepted:
      "You can collect it once finance has booked it; until then the window will ask you to come back.",
    posted: "It is booked: you can collect it at a window now.",
  },
  accountGone:
    "The account you gave was destroyed after the payment; we kept no copy. Please enter the account again: no transfer can be made without it.",
  heirWaits: "For an heir, two staff members at a window look at the papers first; then it is paid.",
  toTransfer: "Bank transfer",
  toWindow: "Collect at a window",
  changeTransfer: "Change to bank transfer",
  againTransfer: "Enter the account again",
  changeWindow: "Change to a window",
  newCode: "Get a new claim code",
  back: "Back to my report",
  amount: "Amount",
  who: "Who receives it",
  claimants: {
    self: "I do",
    proxy: "Somebody I send",
    proxyHelp:
      "They bring the claim code and nothing else: no letter of authority, and nobody asks who they are. Whoever has the code can collect.",
    heir: "The reporter has died; an heir receives it",
    heirHelp:
      "The heir brings a notarised certificate of inheritance, a court document or a proof of the village or residents' committee to a window, where two staff members look at it. Only the kind of paper is recorded, no name.",
    heirTransfer:
      "Two staff members look at the papers first; only then is it transferred. If you change the account afterwards, they look again. Only the kind of paper is recorded, no name.",
  },
  transfer: {
    title: "Bank transfer",
    lead: "Enter the account. It is encrypted at once, opens only for an approver and a cashier together, and is destroyed after payment.",
    seenTitle: "A transfer shows a name",
    seen: "A transfer needs the real account holder's name and number. The bank sees them, and so does the cashier who pays; case officers and approvers do not.",
    seenByName:
      "You reported anonymously. With a transfer the bank and the cashier who pays will see the account holder's name and number; case officers and approvers will not.",
    seenAnonymous: "If nobody is to know who you are, go back and choose “Collect at a window”.",
    holder: "Account holder",
    holderHint: "As on the bank card.",
    bank: "Bank",
    bankHint: "For example: Industrial and Commercial Bank of China.",
    branch: "Branch",
    branchHint: "Leave empty if you do not know it.",
    account: "Account number",
    accountHint: "Spaces and dashes do not matter.",
    doubt:
      "The last digit of this card number does not fit the others; one digit may be wrong. Please check. If it is right, submit again.",
    submit: "Submit the account",
  },
  window: {
    title: "Collect at a window",
    lead: "Bring the claim code and receive cash. No ID, no name. The code has nothing to do with your receipt: neither gives away the other.",
    onlyOnce:
      "A code works once, for {{days}} days, and is shown only now. If you lose it, come back here for a new one; the old one stops working at once.",
    where: "Windows you can go to",
    none: "No window is open now. Please choose a bank transfer, or look again in some days.",
    hours: "Hours",
    bring: "What to bring",
    bringCode: "The claim code alone, on paper or in your phone.",
    bringNothing:
      "No identity card, no bank card, and not your receipt: the window does not need them and does not ask.",
    limit: "By the reward rules at most {{amount}} is paid in cash.",
    over: "This reward is above the limit and cannot be paid in cash. Please choose a bank transfer; if you do not want to use your own account, enter that of a person you trust.",
    show: "Show the claim code",
    renewTitle: "Get a new claim code",
    renewLead:
      "You opened this page with your receipt, so you can get a new code. The old one stops working at once, and the number of codes is recorded.",
    renew: "End the old one and show a new one",
  },
  shown: {
    title: "Your claim code",
    lead: "Write it down or take a screenshot now. We keep no copy; it is not shown again after this page.",
    label: "Claim code",
    expires: "Valid for {{days}} days, works once.",
    carry: "Whoever has the code can collect. Keep it safe on your way.",
    retype: "Confirm that you have it",
    ending: "Type the last group of the code",
    endingHint: "The last 4 characters, in capitals or not",
    wrong: "This is not the last group of the code. Please compare and type it again",
    confirm: "Confirm and go back to my report",
    bypass: "I have it, no need to type",
    lastLook: "One last look. After the button below this code is not shown again.",
    leave: "I have the code, back to my report",
  },
  errors: {
    claimantMissing: "Choose who receives it",
    holderMissing: "Enter the account holder",
    bankMissing: "Enter the bank",
    accountMissing: "Enter the account number",
    accountDigits: "An account number has 8 to 32 digits",
    tooLong: "Too long, please shorten it",
    wordsWrong: "Enter the name only; it must not begin with =, +, - or @ or hold invisible characters",
    branchLong: "The bank and its branch together have at most 70 characters; please shorten them",
  },
  refused: {
    claim_closed: "The way of payment cannot be changed now. Please go back and see where it stands.",
    claim_on_line:
      "Payment is under way, so the way and the account cannot be changed now, and what you just entered was not kept. Look again once it has come through; if the account is wrong, write us a message at once.",
    cash_limit: "This reward is above the limit for cash. Please choose a bank transfer.",
    no_window: "No window is open now. Please choose a bank transfer, or look again in some days.",
    no_code_here:
      "By the reward rules this reward cannot be collected with a code. Please choose a transfer.",
    claimant_not_here: "By the reward rules nobody else may receive it in this way.",
    too_many_codes: "Too many codes were made. Please go back and write us a message.",
    payee_keys_missing:
      "The account cannot be encrypted at present and was not kept. Please try again in some days.",
    other: "Nothing was changed. Please go back and try again.",
  },
};
