/** Numbers of record types, as far as anybody here gives them names. */
const numbers: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  RP: 17,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  TLSA: 52,
  SVCB: 64,
  HTTPS: 65,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
};
const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]));

/** `A`, `TYPE1234`. */
export function typeName(number: number): string {
  return names.get(number) ?? `TYPE${number}`;
}

/** Undefined for what is no type. */
export function typeNumber(name: string): number | undefined {
  const known = numbers[name.toUpperCase()];
  if (known !== undefined) return known;
  const number = Number(/^TYPE(\d{1,5})$/i.exec(name)?.[1] ?? Number.NaN);
  return number <= 0xffff ? number : undefined;
}
