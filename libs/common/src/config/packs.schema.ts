import { z } from 'zod';
import { flag, list, positive, section, text } from './fields.js';

export const packs = section({
  /** Directories of the server that packs, archives and repositories may be taken from; empty: none. */
  local_sources: list.default([]),
  /** Whether tests of packs are run when packs come in. They run on the machine of the API, as its user. */
  run_tests: flag.default(true),
  /** How long (s) one test runner may take, whatever the pack says. */
  test_timeout: positive.max(3_600).default(600),
  /** How much (bytes) is kept of the end of each output of a test runner. */
  test_output_bytes: positive.max(16_777_216).default(1_048_576),
}).transform((raw) => ({
  localSources: raw.local_sources,
  runTests: raw.run_tests,
  testTimeoutSeconds: raw.test_timeout,
  testOutputBytes: raw.test_output_bytes,
}));

/** What an archive, a repository or a directory may hold that becomes a pack. */
export const packUpload = section({
  /** All files of a pack together (bytes). */
  max_extracted_size_bytes: positive.max(10_737_418_240).default(104_857_600),
  /** Files and directories of a pack. */
  max_file_count: positive.max(1_000_000).default(10_000),
  /** One file of a pack (bytes). */
  max_per_entry_size_bytes: positive.max(10_737_418_240).default(52_428_800),
}).transform((raw) => ({
  maxTotalBytes: raw.max_extracted_size_bytes,
  maxEntries: raw.max_file_count,
  maxEntryBytes: raw.max_per_entry_size_bytes,
}));

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });

const packIndex = z
  .strictObject({
    url: httpUrl,
    name: text.nullable().default(null),
    /** Lower ones are asked first; those added over the API have a position that counts alike. */
    priority: z.coerce.number().int().min(0).default(100),
    enabled: flag.default(true),
    /** Sent with each request. */
    headers: z.record(z.string(), z.string()).default({}),
  })
  .readonly();

export const packRegistry = section({
  /** Whether packs may be fetched from elsewhere at all. */
  enabled: flag.default(true),
  /** Pack indices beside those added over the API; in the file only. */
  indices: z.array(packIndex).default([]),
  /** How long (s) an index is good for without being asked again. */
  cache_ttl: positive.max(604_800).default(3_600),
  cache_enabled: flag.default(true),
  /** How long (s) fetching a pack or an index may take. */
  timeout: positive.max(3_600).default(120),
  /** Whether what an index announces must have the checksum it names. */
  verify_checksums: flag.default(true),
  /** Hosts packs may come from beside those of the indices; empty: every public one. Only hosts in here may have a private address. */
  allowed_source_hosts: list.default([]),
  /** Whether `http://` and `git://` will do, which prove nothing about who answers. */
  allow_http: flag.default(false),
  /** Largest archive, or git file, that is fetched (bytes). */
  max_download_size_bytes: positive.max(10_737_418_240).default(104_857_600),
}).transform((raw) => ({
  enabled: raw.enabled,
  indices: raw.indices,
  cacheTtlSeconds: raw.cache_enabled ? raw.cache_ttl : 0,
  timeoutSeconds: raw.timeout,
  verifyChecksums: raw.verify_checksums,
  allowedSourceHosts: raw.allowed_source_hosts,
  allowHttp: raw.allow_http,
  maxDownloadBytes: raw.max_download_size_bytes,
}));
