/** The sectors (领域) of the rectification plans; every pack speaks of these and no others. */
export const SECTOR_IDS = [
  "p2p",
  "equity_crowdfunding",
  "internet_insurance",
  "asset_mgmt",
  "third_party_payment",
  "advertising",
  "wealth_in_name",
  "investment_institutions",
  "exchanges",
  "real_estate",
  "farmers_coop",
  "pawn_leasing",
  "guarantee",
  "micro_loan",
  "local_fin_org",
  "commodity_spot",
  "cyber_data",
  "unknown",
] as const;

export type SectorId = (typeof SECTOR_IDS)[number];
