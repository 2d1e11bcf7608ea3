/**
 * A schema of pain.001.001.09 written from the standard's published message definition (CustomerCreditTransferInitiation
 * V09), not the registry's own file. Complete: order, occurrence and facets of every element of GrpHdr, PmtInf and
 * CdtTrfTxInf that this portal writes, with the standard's type names. The optional elements it never writes are left
 * out, so this accepts less than the standard does, and nothing the standard refuses within these elements.
 * Compared once with the registry's own file (of 2019-02-14): each of these types has its elements in the same order, with
 * the same occurrence and facets, and every file of these tests is valid by that schema too.
 */
const text = (name: string, max: number) =>
  `<xs:simpleType name="${name}"><xs:restriction base="xs:string"><xs:minLength value="1"/><xs:maxLength value="${max}"/></xs:restriction></xs:simpleType>`;
const codes = (name: string, values: readonly string[]) =>
  `<xs:simpleType name="${name}"><xs:restriction base="xs:string">${values.map((value) => `<xs:enumeration value="${value}"/>`).join("")}</xs:restriction></xs:simpleType>`;
const pattern = (name: string, value: string) =>
  `<xs:simpleType name="${name}"><xs:restriction base="xs:string"><xs:pattern value="${value}"/></xs:restriction></xs:simpleType>`;
/** `Name:Type`, `?` optional, `*` any number, `+` one or more. */
const sequence = (name: string, ...elements: string[]) =>
  `<xs:complexType name="${name}"><xs:sequence>${elements.map(element).join("")}</xs:sequence></xs:complexType>`;
const choice = (name: string, ...elements: string[]) =>
  `<xs:complexType name="${name}"><xs:choice>${elements.map(element).join("")}</xs:choice></xs:complexType>`;

function element(of: string): string {
  const [name = "", typed = ""] = of.split(":");
  const mark = typed.at(-1) ?? "";
  const type = /[?*+]/.test(mark) ? typed.slice(0, -1) : typed;
  const occurs =
    mark === "?"
      ? ' minOccurs="0"'
      : mark === "*"
        ? ' minOccurs="0" maxOccurs="unbounded"'
        : mark === "+"
          ? ' maxOccurs="unbounded"'
          : "";
  const builtIn = ["boolean", "date", "dateTime"].includes(type) ? `xs:${type}` : type;
  return `<xs:element name="${name}" type="${builtIn}"${occurs}/>`;
}

export const PAIN001_XSD = `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09" xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified" targetNamespace="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
<xs:element name="Document" type="Document"/>
${[
  sequence("Document", "CstmrCdtTrfInitn:CustomerCreditTransferInitiationV09"),
  sequence("CustomerCreditTransferInitiationV09", "GrpHdr:GroupHeader85", "PmtInf:PaymentInstruction30+"),
  sequence(
    "GroupHeader85",
    "MsgId:Max35Text",
    "CreDtTm:dateTime",
    "NbOfTxs:Max15NumericText",
    "CtrlSum:DecimalNumber?",
    "InitgPty:PartyIdentification135",
  ),
  sequence(
    "PaymentInstruction30",
    "PmtInfId:Max35Text",
    "PmtMtd:PaymentMethod3Code",
    "BtchBookg:boolean?",
    "NbOfTxs:Max15NumericText?",
    "CtrlSum:DecimalNumber?",
    "ReqdExctnDt:DateAndDateTime2Choice",
    "Dbtr:PartyIdentification135",
    "DbtrAcct:CashAccount38",
    "DbtrAgt:BranchAndFinancialInstitutionIdentification6",
    "ChrgBr:ChargeBearerType1Code?",
    "CdtTrfTxInf:CreditTransferTransaction34+",
  ),
  sequence(
    "CreditTransferTransaction34",
    "PmtId:PaymentIdentification6",
    "Amt:AmountType4Choice",
    "CdtrAgt:BranchAndFinancialInstitutionIdentification6?",
    "Cdtr:PartyIdentification135?",
    "CdtrAcct:CashAccount38?",
    "RmtInf:RemittanceInformation16?",
  ),
  sequence("PaymentIdentification6", "InstrId:Max35Text?", "EndToEndId:Max35Text"),
  choice("AmountType4Choice", "InstdAmt:ActiveOrHistoricCurrencyAndAmount"),
  choice("DateAndDateTime2Choice", "Dt:date", "DtTm:dateTime"),
  sequence("PartyIdentification135", "Nm:Max140Text?"),
  sequence(
    "CashAccount38",
    "Id:AccountIdentification4Choice",
    "Ccy:ActiveOrHistoricCurrencyCode?",
    "Nm:Max70Text?",
  ),
  choice("AccountIdentification4Choice", "IBAN:IBAN2007Identifier", "Othr:GenericAccountIdentification1"),
  sequence("GenericAccountIdentification1", "Id:Max34Text"),
  sequence("BranchAndFinancialInstitutionIdentification6", "FinInstnId:FinancialInstitutionIdentification18"),
  sequence(
    "FinancialInstitutionIdentification18",
    "BICFI:BICFIDec2014Identifier?",
    "ClrSysMmbId:ClearingSystemMemberIdentification2?",
    "Nm:Max140Text?",
  ),
  sequence(
    "ClearingSystemMemberIdentification2",
    "ClrSysId:ClearingSystemIdentification2Choice?",
    "MmbId:Max35Text",
  ),
  choice(
    "ClearingSystemIdentification2Choice",
    "Cd:ExternalClearingSystemIdentification1Code",
    "Prtry:Max35Text",
  ),
  sequence("RemittanceInformation16", "Ustrd:Max140Text*"),
  codes("PaymentMethod3Code", ["CHK", "TRF", "TRA"]),
  codes("ChargeBearerType1Code", ["DEBT", "CRED", "SHAR", "SLEV"]),
  pattern("Max15NumericText", "[0-9]{1,15}"),
  pattern("ActiveOrHistoricCurrencyCode", "[A-Z]{3,3}"),
  pattern("IBAN2007Identifier", "[A-Z]{2,2}[0-9]{2,2}[a-zA-Z0-9]{1,30}"),
  pattern("BICFIDec2014Identifier", "[A-Z0-9]{4,4}[A-Z]{2,2}[A-Z0-9]{2,2}([A-Z0-9]{3,3}){0,1}"),
  text("ExternalClearingSystemIdentification1Code", 5),
  text("Max34Text", 34),
  text("Max35Text", 35),
  text("Max70Text", 70),
  text("Max140Text", 140),
].join("\n")}
<xs:simpleType name="DecimalNumber"><xs:restriction base="xs:decimal"><xs:fractionDigits value="17"/><xs:totalDigits value="18"/></xs:restriction></xs:simpleType>
<xs:simpleType name="ActiveOrHistoricCurrencyAndAmount_SimpleType"><xs:restriction base="xs:decimal"><xs:minInclusive value="0"/><xs:fractionDigits value="5"/><xs:totalDigits value="18"/></xs:restriction></xs:simpleType>
<xs:complexType name="ActiveOrHistoricCurrencyAndAmount"><xs:simpleContent><xs:extension base="ActiveOrHistoricCurrencyAndAmount_SimpleType"><xs:attribute name="Ccy" type="ActiveOrHistoricCurrencyCode" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
</xs:schema>`;
