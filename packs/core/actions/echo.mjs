// Gives the parameter `message` as it is, without a line break after it.
import { textOf } from '../lib/parameters.mjs';

export default function echo({ message }) {
  return textOf(message);
}
