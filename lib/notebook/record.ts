/** What was claimed in this kernel: a fresh kernel starts with nothing. */
import type { Outcome } from "./verdict.ts";

/** Measured values by name, as a claim shows them. */
export type ClaimValues = Record<string, number | string>;

/** A claim that came out as its text says, as the ledger finds it. */
export interface Claim {
  readonly id: string;
  readonly statement: string;
  readonly values: ClaimValues;
  readonly kind: "check" | "experiment";
  readonly outcome: Outcome;
}

const record = new Map<string, Claim>();

/** Keeps a claim, as the last one. */
export function remember(claim: Claim): void {
  record.delete(claim.id);
  record.set(claim.id, claim);
}

/** Takes a claim away, if it was there. */
export function forget(id: string): void {
  record.delete(id);
}

/** The claims that held in this kernel so far, in the order they were made. */
export function claims(): readonly Claim[] {
  return [...record.values()];
}

/** The claim with this id, or undefined when it was not made. */
export function findClaim(id: string): Claim | undefined {
  return record.get(id);
}

/** Forgets every claim, as a fresh kernel does. */
export function resetClaims(): void {
  record.clear();
}
