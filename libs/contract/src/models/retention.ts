import { type z } from 'zod';
import { enumeration, patch } from '../define.js';
import { int32 } from '../fields.js';

/** How long versions are kept: by count or by age. */
export const RetentionPolicyType = enumeration('RetentionPolicyType', ['versions', 'days', 'hours', 'minutes']);
export type RetentionPolicyType = z.output<typeof RetentionPolicyType>;

export const LogRetentionPolicyPatch = patch('LogRetentionPolicyPatch', RetentionPolicyType);
export type LogRetentionPolicyPatch = z.output<typeof LogRetentionPolicyPatch>;

export const LogRetentionLimitPatch = patch('LogRetentionLimitPatch', int32());
export type LogRetentionLimitPatch = z.output<typeof LogRetentionLimitPatch>;
