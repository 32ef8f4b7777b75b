/** Scope of refresh tokens that came from an integration token, and how their owner came in. */
export const INTEGRATION_SCOPE = 'integration_token';
