// Counts a text: {"text": "to be or not to be", "top": 1} -> {"lines": 1, "words": 6, …, "top": [{"word": "be", "count": 2}]}.
import { text as readAll } from 'node:stream/consumers';

const { text, top = 3 } = JSON.parse(await readAll(process.stdin));

const words = text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
const counts = new Map();
for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);

const result = {
  lines: text === '' ? 0 : text.split('\n').length,
  words: words.length,
  characters: [...text].length,
  top: [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || a.localeCompare(b))
    .slice(0, top)
    .map(([word, count]) => ({ word, count })),
};

console.log(JSON.stringify(result));
