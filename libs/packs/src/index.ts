export const PROJECT = 'packs';
