export const PROJECT = 'contract';
