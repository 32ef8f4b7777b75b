// Makes a text fit for an address: {"text": "Grüße, Welt!"} -> {"slug": "grusse-welt", "words": 2}.
//
// A function action: the worker keeps this module loaded and calls what it exports, so a call costs no new process.

// What stands here is done once for many calls.
const LETTERS = { ß: 'ss', æ: 'ae', ø: 'o', œ: 'oe' };

/**
 * @param parameters the parameters, with the defaults of the schema filled in
 * @param context the execution: executionId, actionRef, ruleRef, apiUrl, apiToken, env, and signal, which is aborted when the
 *   execution is cancelled or takes too long
 */
export default async function slug({ text, separator }, { executionId }) {
  // What is printed belongs to the log of this execution only.
  console.error(`execution ${executionId} shortens ${text.length} characters`);
  const words = text
    .toLowerCase()
    .replace(/[ßæøœ]/g, (letter) => LETTERS[letter])
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .match(/[a-z0-9]+/g);
  // Whoever throws has failed, and the message is the error of the execution.
  if (words === null) throw new Error('nothing is left of the text');
  // What is returned is the data, because the action says `output_format: json`.
  return { slug: words.join(separator), words: words.length };
}
