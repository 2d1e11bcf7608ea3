export const home = {
  title: "Home",
  heading: "Seen illegal fundraising or an illegal finance platform? Tell us",
  purpose: "No account needed. Write down what you know, keep your receipt, and use it to follow the case.",
  report: "Make a report",
  status: "Follow a report",
  promises: {
    title: "Three things you can count on",
    anonymous: {
      title: "Stay anonymous",
      body: "We do not ask your name, and we keep no record of your IP address, phone or browser.",
      proof: "What we never record",
    },
    secret: {
      title: "Kept confidential",
      body: "Your account and your contact details are stored encrypted, apart from the facts about the platform.",
      proof: "How it is stored and who can read it",
    },
    reward: {
      title: "Rewarded if true",
      body: "Rewards follow a published scheme that gives the rule for every step. Anonymous reports count too.",
      proof: "How rewards work",
    },
  },
  sectors: {
    title: "What you can report",
    lead: "Not sure where it belongs? You can say so in the form.",
    others: "You can also report",
  },
  hotlines: {
    title: "Or call us",
    more: "All telephone lines",
    fictitious: "Demonstration number, cannot be dialled",
  },
} as const;
