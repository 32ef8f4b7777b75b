import { SignJWT } from 'jose';

/** What a sensor sends its events with. The bench has no sensor process, but it knows the secret of the run. */
export function signSensorToken(
  secret: string,
  { identityId, triggerRefs }: { identityId: number; triggerRefs: readonly string[] },
): Promise<string> {
  return new SignJWT({ login: 'bench.sensor', token_type: 'sensor', metadata: { trigger_types: triggerRefs } })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(String(identityId))
    .setIssuedAt()
    .setExpirationTime('12h')
    .sign(new TextEncoder().encode(secret));
}
