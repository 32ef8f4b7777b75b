import { z } from 'zod';
import { request, response } from '../define.js';
import { int64, list, orDefault, shortText, text } from '../fields.js';

/** `ttl_seconds` between an hour and three days. */
export const CreateSensorTokenRequest = request('CreateSensorTokenRequest', {
  sensor_ref: shortText(),
  trigger_types: list(text()).min(1),
  ttl_seconds: orDefault(int64().min(3600).max(259200), 86400),
});
export type CreateSensorTokenRequest = z.output<typeof CreateSensorTokenRequest>;

/** `expires_at` ends in `+00:00`. */
export const SensorTokenResponse = response('SensorTokenResponse', {
  identity_id: int64(),
  sensor_ref: text(),
  token: text(),
  expires_at: text(),
  trigger_types: list(text()),
});
export type SensorTokenResponse = z.output<typeof SensorTokenResponse>;

/** Claims of the token an action gets. */
export const JwtExecutionMetadata = response('JwtExecutionMetadata', {
  execution_id: int64(),
  action_ref: text(),
  permission_set_refs: list(text()),
  standard_access_action_refs: list(text()),
  standard_access_pack_refs: list(text()),
});
export type JwtExecutionMetadata = z.output<typeof JwtExecutionMetadata>;

/** Claims of the token a sensor process gets. */
export const JwtSensorMetadata = response('JwtSensorMetadata', {
  trigger_types: list(text()),
});
export type JwtSensorMetadata = z.output<typeof JwtSensorMetadata>;

/** Claims of the token of a worker. */
export const JwtWorkerMetadata = response('JwtWorkerMetadata', {
  worker_id: text(),
});
export type JwtWorkerMetadata = z.output<typeof JwtWorkerMetadata>;

/** Claims of a refresh token that came from an integration token; each refresh looks at that again. */
export const JwtIntegrationRefreshMetadata = response('JwtIntegrationRefreshMetadata', {
  identity_id: int64(),
  integration_token_id: int64(),
  auth_method: z.literal('integration_token'),
});
export type JwtIntegrationRefreshMetadata = z.output<typeof JwtIntegrationRefreshMetadata>;
