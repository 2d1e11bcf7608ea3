/** SQL: whether a posting is of the time since grave acts and payments by hand take two (`rule_starts`, 0046). */
export const sinceByTwo = (posting: string): string =>
  `${posting}.seq > coalesce((select s.after_seq from rule_starts s where s.rule = 'acts_by_two'), 0)`;
