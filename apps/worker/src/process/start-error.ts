/** An action cannot be started; the message is for the person who reads the execution's result. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
