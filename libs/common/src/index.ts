export const PROJECT = 'common';
