/** One named check of a conformance suite; throws when it fails. */
export interface Check {
  readonly name: string;
  readonly run: () => void | Promise<void>;
}
