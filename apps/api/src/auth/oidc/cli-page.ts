import { randomBytes } from 'node:crypto';
import { type TokenPair } from '../token-pair.js';

export interface CliPage {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

/** A page that posts the tokens to the command line as soon as it is there, or at a click where scripts are off. */
export function cliPage(target: URL, pair: TokenPair): CliPage {
  const nonce = randomBytes(16).toString('base64');
  const fields = Object.entries({
    access_token: pair.access_token,
    refresh_token: pair.refresh_token,
    token_type: pair.token_type,
    expires_in: String(pair.expires_in),
  });
  const inputs = fields.map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`);
  const html = [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Attune</title></head><body>',
    `<form id="tokens" method="post" action="${escapeHtml(target.href)}">`,
    ...inputs,
    '<p>You are logged in.</p><button type="submit">Continue at the command line</button>',
    '</form>',
    `<script nonce="${nonce}">document.getElementById('tokens').submit();</script>`,
    '</body></html>',
  ].join('\n');
  // A policy cannot name an IPv6 address; that target was checked to be the machine itself.
  const formTarget = target.hostname.startsWith('[') ? 'http:' : target.origin;
  const contentSecurityPolicy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `form-action ${formTarget}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, contentSecurityPolicy };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
