export const PROJECT = 'executor';
