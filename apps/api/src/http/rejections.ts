/** The request cannot be read. Answered in plain text, because whoever sends such a thing does not speak our language yet. */
export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest';

  constructor(
    readonly status: 400 | 413 | 415 | 422,
    message: string,
  ) {
    super(message);
  }
}

/** There is no valid token. */
export class TokenRejected extends Error {
  override readonly name = 'TokenRejected';
}
