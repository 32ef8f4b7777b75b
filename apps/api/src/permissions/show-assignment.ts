import { type PermissionAssignmentResponse } from '@attune/contract';
import { iso } from '../domain/wire.js';
import { type Assignment } from './sql/list-assignments.sql.js';

export const showAssignment = (assignment: Assignment): PermissionAssignmentResponse => ({
  ...assignment,
  created: iso(assignment.created),
});
