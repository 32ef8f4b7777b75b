const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a body. JSON is UTF-8: other bytes would be stored as something nobody sent. @throws TypeError */
export const jsonText = (raw: Buffer): string => utf8.decode(raw);
