import { CALLERS, type MatrixCaller } from './matrix-callers.js';

/**
 * What each operation answers to whom, in the order of the contract. One mark alone holds for every caller; 501 alone: this
 * version does not have the operation. (Where it has one that is not set up here, 501 stands in each column.)
 */
const TABLE = `
                                none viewer executor editor admin execution sensor worker frozen expired
getHealth                        200
getHealthDetails                 200
getLiveness                      200
getReadiness                     200
login                            200
refreshToken                     200
getCurrentUser                   401    200      200    200   200       200    403    403    403     401
getAuthSettings                  200
register                         403
logInWithToken                   200
logInWithLdap                    501    501      501    501   501       501    501    501    501     501
beginOidcLogin                   501    501      501    501   501       501    501    501    501     501
finishOidcLogin                  501    501      501    501   501       501    501    501    501     501
logOut                           307
updateCurrentUser                401    200      200    200   200       403    403    403    403     401
changePassword                   401    403      403    403   403       403    403    403    403     401
createSensorToken                401    403      403    403   200       403    403    200    403     401
createInternalSensorToken        401    403      403    403   403       403    403    200    403     401
listPacks                        401    200      200    200   200       200    403    403    403     401
createPack                       401    403      403    201   201       403    403    403    403     401
getPack                          401    200      200    200   200       200    403    403    403     401
updatePack                       401    403      403    200   200       403    403    403    403     401
deletePack                       401    403      403    403   200       403    403    403    403     401
uploadPack                       401    403      403    201   201       403    403    403    403     401
registerPack                     401    403      403    201   201       403    403    403    403     401
registerPacks                    401    403      403    200   200       403    403    403    403     401
installPack                      401    403      403    200   200       403    403    403    403     401
downloadPacks                    401    403      403    200   200       403    403    403    403     401
getPackDependencies              401    403      403    200   200       403    403    403    403     401
buildPackEnvironments            401    403      403    200   200       403    403    403    403     401
listPackIndices                  401    200      200    200   200       200    403    403    403     401
createPackIndex                  401    403      403    201   201       403    403    403    403     401
updatePackIndex                  401    403      403    200   200       403    403    403    403     401
deletePackIndex                  401    403      403    200   200       403    403    403    403     401
browsePackIndices                401    200      200    200   200       200    403    403    403     401
getIndexedPack                   401    200      200    200   200       200    403    403    403     401
testPack                         401    403      403    200   200       403    403    403    403     401
listPackTests                    401    200      200    200   200       200    403    403    403     401
getLatestPackTest                401    200      200    200   200       200    403    403    403     401
listActions                      401    200      200    200   200       200    403    403    403     401
searchActions                    401    200      200    200   200       200    403    403    403     401
listPackActions                  401    200      200    200   200       200    403    403    403     401
createAction                     401    403      403    201   201       403    403    403    403     401
getAction                        401    200      200    200   200       200    403    403    403     401
updateAction                     401    403      403    200   200       403    403    403    403     401
deleteAction                     401    403      403    403   200       403    403    403    403     401
getQueueStats                    401    200      200    200   200       200    403    403    403     401
listWorkflows                    401    200      200    200   200       200    403    403    403     401
createWorkflow                   401    403      403    201   201       403    403    403    403     401
getWorkflow                      401    200      200    200   200       200    403    403    403     401
updateWorkflow                   401    403      403    200   200       403    403    403    403     401
deleteWorkflow                   401    403      403    403   200       403    403    403    403     401
updateWorkflowFile               401    403      403    200   200       403    403    403    403     401
createWorkflowFile               401    403      403    201   201       403    403    403    403     401
listPackWorkflows                401    200      200    200   200       200    403    403    403     401
syncPackWorkflows                401    403      403    200   200       403    403    403    403     401
validatePackWorkflows            401    403      403    200   200       403    403    403    403     401
listTriggers                     401    200      200    200   200       200    403    403    403     401
listEnabledTriggers              401    200      200    200   200       200    403    403    403     401
listPackTriggers                 401    200      200    200   200       200    403    403    403     401
createTrigger                    401    403      403    403   201       403    403    403    403     401
getTrigger                       401    200      200    200   200       200    403    403    403     401
updateTrigger                    401    403      403    403   200       403    403    403    403     401
deleteTrigger                    401    403      403    403   200       403    403    403    403     401
enableTrigger                    401    403      403    403   200       403    403    403    403     401
disableTrigger                   401    403      403    403   200       403    403    403    403     401
enableTriggerWebhook             401    403      403    403   200       403    403    403    403     401
disableTriggerWebhook            401    403      403    403   200       403    403    403    403     401
regenerateTriggerWebhook         401    403      403    403   200       403    403    403    403     401
getTriggerWebhookConfig          401    200      200    200   200       200    403    403    403     401
updateTriggerWebhookConfig       401    403      403    403   200       403    403    403    403     401
listSensors                      401    200      200    200   200       200    403    403    403     401
createSensor                     401    403      403    403   201       403    403    403    403     401
listEnabledSensors               401    200      200    200   200       200    403    403    403     401
getSensor                        401    200      200    200   200       200    403    403    403     401
updateSensor                     401    403      403    403   200       403    403    403    403     401
deleteSensor                     401    403      403    403   200       403    403    403    403     401
enableSensor                     401    403      403    403   200       403    403    403    403     401
disableSensor                    401    403      403    403   200       403    403    403    403     401
listPackSensors                  401    200      200    200   200       200    403    403    403     401
listTriggerSensors               401    200      200    200   200       200    403    403    403     401
listSensorLogs                   501
readSensorLog                    501
receiveWebhook                   200
listRules                        401    200      200    200   200       200    403    403    403     401
listEnabledRules                 401    200      200    200   200       200    403    403    403     401
listPackRules                    401    200      200    200   200       200    403    403    403     401
listActionRules                  401    200      200    200   200       200    403    403    403     401
listTriggerRules                 401    200      200    200   200       200    200    403    403     401
createRule                       401    403      403    201   201       403    403    403    403     401
getRule                          401    200      200    200   200       200    403    403    403     401
updateRule                       401    403      403    200   200       403    403    403    403     401
deleteRule                       401    403      403    403   200       403    403    403    403     401
enableRule                       401    403      403    200   200       403    403    403    403     401
disableRule                      401    403      403    200   200       403    403    403    403     401
listEvents                       401    200      200    200   200       200    403    403    403     401
createEvent                      401    403      403    403   403       403    201    403    403     401
createEvents                     401    403      403    403   403       403    201    403    403     401
getEvent                         401    200      200    200   200       200    403    403    403     401
listEnforcements                 401    200      200    200   200       200    403    403    403     401
getEnforcement                   401    403      403    403   200       403    403    403    403     401
listEnforcementExecutions        401    200      200    200   200       200    403    403    403     401
listExecutions                   401    200      200    200   200       200    403    403    403     401
executeAction                    401    403      201    201   201       201    403    403    403     401
getExecutionStats                401    200      200    200   200       200    403    403    403     401
listExecutionsByStatus           401    200      200    200   200       200    403    403    403     401
getExecution                     401    200      200    200   200       200    403    403    403     401
cancelExecution                  401    403      403    200   200       403    403    403    403     401
streamExecutions                 401    200      200    200   200       200    403    403    403     401
streamExecutionLog               501
listInquiries                    401    200      200    200   200       200    403    403    403     401
createInquiry                    401    403      403    403   201       403    403    403    403     401
listInquiriesByStatus            401    200      200    200   200       200    403    403    403     401
getInquiry                       401    200      200    200   200       200    403    403    403     401
updateInquiry                    401    403      403    403   200       403    403    403    403     401
deleteInquiry                    401    403      403    403   200       403    403    403    403     401
respondToInquiry                 401    403      200    200   200       200    403    403    403     401
listExecutionInquiries           401    200      200    200   200       200    403    403    403     401
listArtifacts                    501
createArtifact                   501
getArtifactByRef                 501
getArtifact                      501
updateArtifact                   501
deleteArtifact                   501
setArtifactData                  501
appendArtifactProgress           501
downloadArtifact                 501
streamArtifact                   501
listArtifactVersions             501
createArtifactVersion            501
allocateArtifactFile             501
uploadArtifactVersion            501
getLatestArtifactVersion         501
getArtifactVersion               501
deleteArtifactVersion            501
downloadArtifactVersion          501
allocateArtifactFileByRef        501
uploadArtifactVersionByRef       501
listExecutionArtifacts           501
listWorkQueues                   501
createWorkQueue                  501
getWorkQueue                     501
updateWorkQueue                  501
deleteWorkQueue                  501
listPackQueues                   501
listWorkQueueItems               501
enqueueWorkQueueItem             501
updateWorkQueueItem              501
deleteWorkQueueItem              501
listKeys                         401    200      200    200   200       200    403    403    403     401
createKey                        401    403      403    403   201       403    403    403    403     401
getKey                           401    200      200    200   200       200    403    403    403     401
updateKey                        401    403      403    200   200       403    403    403    403     401
deleteKey                        401    403      403    403   200       403    403    403    403     401
listRuntimes                     401    200      200    200   200       200    403    403    403     401
getRuntime                       401    200      200    200   200       200    403    403    403     401
listPackRuntimes                 401    200      200    200   200       200    403    403    403     401
createRuntime                    401    403      403    201   201       403    403    403    403     401
updateRuntime                    401    403      403    200   200       403    403    403    403     401
deleteRuntime                    401    403      403    403   200       403    403    403    403     401
listWorkers                      401    200      200    200   200       200    403    403    403     401
getWorker                        401    200      200    200   200       200    403    403    403     401
cordonWorker                     401    403      403    403   200       403    403    403    403     401
uncordonWorker                   401    403      403    403   200       403    403    403    403     401
getAgentInfo                     501
downloadAgentBinary              501
headInternalFile                 501
readInternalFile                 501
writeInternalFile                501
appendInternalFile               501
deleteInternalFile               501
downloadPackArchive              501
getDashboard                     401    200      200    200   200       200    403    403    403     401
getExecutionStatusSeries         401    200      200    200   200       200    403    403    403     401
getExecutionThroughput           401    200      200    200   200       200    403    403    403     401
getExecutionFailureRate          401    200      200    200   200       200    403    403    403     401
getEventVolume                   401    200      200    200   200       200    403    403    403     401
getEnforcementVolume             401    200      200    200   200       200    403    403    403     401
getWorkerStatusSeries            401    200      200    200   200       200    403    403    403     401
listHistory                      401    200      200    200   200       200    403    403    403     401
listExecutionHistory             401    200      200    200   200       200    403    403    403     401
listWorkerHistory                401    200      200    200   200       200    403    403    403     401
listAuditEvents                  401    403      403    403   200       403    403    403    403     401
listAuditEventsByRequest         401    403      403    403   200       403    403    403    403     401
getAuditEvent                    401    403      403    403   200       403    403    403    403     401
getRetentionConfig               401    403      403    403   200       403    403    403    403     401
updateRetentionConfig            401    403      403    403   200       403    403    403    403     401
listIdentities                   401    403      403    403   200       403    403    403    403     401
getIdentity                      401    403      403    403   200       403    403    403    403     401
createIdentity                   401    403      403    403   201       403    403    403    403     401
updateIdentity                   401    403      403    403   200       403    403    403    403     401
deleteIdentity                   401    403      403    403   200       403    403    403    403     401
freezeIdentity                   401    403      403    403   200       403    403    403    403     401
unfreezeIdentity                 401    403      403    403   200       403    403    403    403     401
addIdentityRole                  401    403      403    403   201       403    403    403    403     401
removeIdentityRole               401    403      403    403   200       403    403    403    403     401
listIntegrationTokens            401    403      403    403   200       403    403    403    403     401
createIntegrationToken           401    403      403    403   201       403    403    403    403     401
revokeIntegrationToken           401    403      403    403   200       403    403    403    403     401
deleteIntegrationToken           401    403      403    403   200       403    403    403    403     401
listIdentityPermissions          401    403      403    403   200       403    403    403    403     401
listPermissionSets               401    403      403    403   200       403    403    403    403     401
updatePermissionSet              401    403      403    403   200       403    403    403    403     401
assignPermissionSet              401    403      403    403   201       403    403    403    403     401
removePermissionAssignment       401    403      403    403   200       403    403    403    403     401
bindPermissionSetToRole          401    403      403    403   201       403    403    403    403     401
unbindPermissionSetFromRole      401    403      403    403   200       403    403    403    403     401
`;

/** Statuses by operation and caller; `unavailable` where there is only 501. */
export const permissionMatrix: ReadonlyMap<string, Readonly<Record<MatrixCaller, number>> | 'unavailable'> = new Map(
  readLines(TABLE),
);

function readLines(table: string): [string, Record<MatrixCaller, number> | 'unavailable'][] {
  const [columns = [], ...lines] = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([first]) => first !== '');
  if (columns.join() !== CALLERS.join()) throw new Error('the columns of the matrix are not its callers');
  const names = lines.map(([name]) => name);
  if (new Set(names).size < names.length) throw new Error('an operation stands twice in the matrix');
  return lines.map(([name = '', ...marks]) => [name, readMarks(name, marks.map(Number))]);
}

function readMarks(name: string, marks: readonly number[]): Record<MatrixCaller, number> | 'unavailable' {
  if (marks.length === 1 && marks[0] === 501) return 'unavailable';
  if ((marks.length !== 1 && marks.length !== CALLERS.length) || marks.some(Number.isNaN)) {
    throw new Error(`the line of ${name} needs one mark, or one a caller`);
  }
  return Object.fromEntries(CALLERS.map((caller, index) => [caller, marks[index] ?? marks[0]])) as Record<
    MatrixCaller,
    number
  >;
}
