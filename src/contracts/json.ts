/** A value that JSON holds without loss. Instances, options and traces are JSON: they are stored and hashed. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
export type JsonObject = { readonly [key: string]: Json | undefined };
