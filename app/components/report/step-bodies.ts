import type { ComponentType } from "react";
import type { AnswerStep } from "~/forms/report";
import { AmountsStep } from "./AmountsStep";
import { ContactStep } from "./ContactStep";
import { DeclarationStep } from "./DeclarationStep";
import { IdentityStep } from "./IdentityStep";
import { KindStep } from "./KindStep";
import { InChargeStep, OnlineStep } from "./LinesStep";
import { ModeStep } from "./ModeStep";
import { NarrativeStep } from "./NarrativeStep";
import { NoticeStep } from "./NoticeStep";
import { OfficialStep } from "./OfficialStep";
import { RedLinesStep } from "./RedLinesStep";
import { RelationStep } from "./RelationStep";
import { RewardStep } from "./RewardStep";
import { ScaleStep } from "./ScaleStep";
import { SectorStep } from "./SectorStep";
import { SourceStep } from "./SourceStep";
import { SubjectStep } from "./SubjectStep";
import { TerritoryStep } from "./TerritoryStep";
import { TimeStep } from "./TimeStep";
import type { StepProps } from "./step-props";

/** The questions of each page, for whichever page shows them. */
export const STEP_BODIES: Record<AnswerStep, ComponentType<StepProps>> = {
  mode: ModeStep,
  relation: RelationStep,
  kind: KindStep,
  subject: SubjectStep,
  online: OnlineStep,
  "in-charge": InChargeStep,
  territory: TerritoryStep,
  sector: SectorStep,
  "red-lines": RedLinesStep,
  time: TimeStep,
  amounts: AmountsStep,
  scale: ScaleStep,
  narrative: NarrativeStep,
  source: SourceStep,
  identity: IdentityStep,
  contact: ContactStep,
  notice: NoticeStep,
  official: OfficialStep,
  reward: RewardStep,
  declaration: DeclarationStep,
};

/** Pages of several fields: a heading of their own, and each error says which field it means. */
export const SEVERAL: readonly AnswerStep[] = [
  ...(["subject", "online", "in-charge", "territory", "time", "amounts", "scale"] as const),
  ...(["source", "identity", "contact", "notice"] as const),
];
